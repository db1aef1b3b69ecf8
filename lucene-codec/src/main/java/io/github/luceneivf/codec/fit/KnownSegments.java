// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.fit;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexFileNames;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.SegmentCommitInfo;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.store.Directory;

/**
 * The segments of an index and how the codebook fits the vectors of a field in each. A merge is
 * shown its own inputs only, so every flush and merge that ends is noted here; what the process did
 * not write is read from the latest commit. A segment counts while it has files and nothing that it
 * was merged into has. Thread-safe.
 */
final class KnownSegments {

  private final Map<String, Known> known = new HashMap<>();

  /**
   * A segment that was seen.
   *
   * @param inputs those that were merged into it
   */
  private record Known(SegmentFit fit, Set<String> inputs) {}

  /** Takes note of a segment that was written. */
  synchronized void wrote(SegmentFit fit, Set<String> inputs) {
    known.put(fit.segment(), new Known(fit, Set.copyOf(inputs)));
  }

  /**
   * Returns the segments of the index.
   *
   * @throws IOException if the directory cannot be listed
   */
  synchronized List<SegmentFit> live(Directory directory) throws IOException {
    Set<String> files = new HashSet<>();
    for (String file : directory.listAll()) {
      if (file.startsWith("_")) {
        files.add(IndexFileNames.parseSegmentName(file));
      }
    }
    known
        .entrySet()
        .removeIf(entry ->
            !files.contains(entry.getKey())
                && entry.getValue().inputs.stream().noneMatch(known::containsKey));
    List<SegmentFit> live = new ArrayList<>();
    for (Map.Entry<String, Known> entry : known.entrySet()) {
      if (files.contains(entry.getKey()) && !isMergedInto(entry.getKey(), files)) {
        live.add(entry.getValue().fit);
      }
    }
    return live;
  }

  /** Returns whether a segment went, in one merge or several, into one of those given. */
  synchronized boolean isMergedInto(String segment, Set<String> others) {
    for (Map.Entry<String, Known> entry : known.entrySet()) {
      if (entry.getValue().inputs.contains(segment)
          && (others.contains(entry.getKey()) || isMergedInto(entry.getKey(), others))) {
        return true;
      }
    }
    return false;
  }

  /**
   * Reads those segments of the latest commit that were never seen.
   *
   * @throws IOException if there is no commit, or it goes away while it is read
   */
  void readCommit(Directory directory, String field) throws IOException {
    boolean complete = true;
    for (SegmentCommitInfo segment : SegmentInfos.readLatestCommit(directory)) {
      complete &= knows(segment.info.name);
    }
    if (complete) {
      return;
    }
    try (DirectoryReader reader = DirectoryReader.open(directory)) {
      for (LeafReaderContext leaf : reader.leaves()) {
        SegmentFit.of(leaf.reader(), field).ifPresent(this::found);
      }
    }
  }

  private synchronized boolean knows(String segment) {
    return known.containsKey(segment);
  }

  private synchronized void found(SegmentFit fit) {
    known.putIfAbsent(fit.segment(), new Known(fit, Set.of()));
  }
}
