// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.file;

import io.github.luceneivf.codebook.CodebookId;
import java.io.IOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.lucene.codecs.perfield.PerFieldKnnVectorsFormat;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.FieldInfos;
import org.apache.lucene.index.IndexNotFoundException;
import org.apache.lucene.index.SegmentCommitInfo;
import org.apache.lucene.index.SegmentInfo;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.index.SegmentReadState;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;

/**
 * A codebook of the latest commit of an index, read without opening the index.
 *
 * @param codebook the codebook
 * @param segment name of the segment that holds it
 */
public record CommittedCodebook(SegmentCodebook codebook, String segment) {

  private boolean isNewerThan(CommittedCodebook other) {
    return SegmentCodebook.OLDEST_FIRST.compare(codebook, other.codebook) > 0;
  }

  /**
   * Finds the newest codebook of a field: of each codebook that segments have, the largest of these
   * segments is asked.
   *
   * @return empty if there is no commit, or no segment has lists of the field
   * @throws IOException if a segment cannot be read
   */
  public static Optional<CommittedCodebook> find(Directory directory, String field)
      throws IOException {
    SegmentInfos commit;
    try {
      commit = SegmentInfos.readLatestCommit(directory);
    } catch (IndexNotFoundException _) {
      return Optional.empty();
    }
    Set<CodebookId> seen = new HashSet<>();
    Optional<CommittedCodebook> newest = Optional.empty();
    for (SegmentCommitInfo segment :
        commit.asList().stream()
            .sorted(Comparator.comparingInt((SegmentCommitInfo s) -> -s.info.maxDoc()))
            .toList()) {
      Optional<CommittedCodebook> found = read(segment.info, field, seen);
      if (found.isPresent() && (newest.isEmpty() || found.get().isNewerThan(newest.get()))) {
        newest = found;
      }
    }
    return newest;
  }

  private static Optional<CommittedCodebook> read(
      SegmentInfo segment, String field, Set<CodebookId> seen) throws IOException {
    if (!segment.getUseCompoundFile()) {
      return read(segment.dir, segment, field, seen);
    }
    try (Directory compound =
        segment.getCodec().compoundFormat().getCompoundReader(segment.dir, segment)) {
      return read(compound, segment, field, seen);
    }
  }

  private static Optional<CommittedCodebook> read(
      Directory files, SegmentInfo segment, String field, Set<CodebookId> seen) throws IOException {
    FieldInfos infos =
        segment.getCodec().fieldInfosFormat().read(files, segment, "", IOContext.READONCE);
    FieldInfo info = infos.fieldInfo(field);
    if (info == null || !info.hasVectorValues()) {
      return Optional.empty();
    }
    String suffix = suffix(info);
    String meta = IvfFiles.META.fileName(segment, suffix);
    if (!Arrays.asList(files.listAll()).contains(meta)) {
      return Optional.empty();
    }
    SegmentReadState state = new SegmentReadState(files, segment, infos, IOContext.DEFAULT, suffix);
    FieldMeta fieldMeta = MetaFile.read(state).get(field);
    if (fieldMeta == null || fieldMeta.lists().isEmpty()) {
      return Optional.empty();
    }
    ListsMeta lists = fieldMeta.lists().get();
    if (lists.nlist() == 1 || !seen.add(lists.codebook())) {
      return Optional.empty();
    }
    try (IndexInput centroids = IvfFiles.CENTROIDS.open(state, IOContext.DEFAULT)) {
      LoadedCodebook.requireIntact(centroids, List.of(fieldMeta));
      LoadedCodebook loaded = LoadedCodebook.read(centroids, lists, info.getVectorDimension());
      return Optional.of(
          new CommittedCodebook(
              new SegmentCodebook(
                  loaded.codebook(), lists.calibration(), lists.statistics().training()),
              segment.name));
    }
  }

  private static String suffix(FieldInfo info) {
    String format = info.getAttribute(PerFieldKnnVectorsFormat.PER_FIELD_FORMAT_KEY);
    String number = info.getAttribute(PerFieldKnnVectorsFormat.PER_FIELD_SUFFIX_KEY);
    return format == null || number == null ? "" : format + "_" + number;
  }
}
