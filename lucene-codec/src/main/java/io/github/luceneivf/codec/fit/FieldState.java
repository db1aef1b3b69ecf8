// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.fit;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.codec.file.SegmentCodebook;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.WeakHashMap;
import org.apache.lucene.index.SegmentInfo;
import org.apache.lucene.index.SegmentWriteState;
import org.apache.lucene.store.Directory;
import org.apache.lucene.util.IOSupplier;

/**
 * What this process knows of a field of an index that it writes: the current codebook, how the
 * codebooks fit each segment, and who trains. The codec API shows a flush or merge no more than its
 * own segments, and format instances come and go, so this is kept per directory and field, weakly
 * by directory. Thread-safe.
 */
public final class FieldState {

  private static final Map<Directory, Map<String, FieldState>> BY_DIRECTORY = new WeakHashMap<>();

  private final CodebookAtHand codebook;
  private final KnownSegments segments = new KnownSegments();
  private final TrainingGate gate = new TrainingGate();

  private FieldState(String field) {
    this.codebook = new CodebookAtHand(field);
  }

  /** Returns the state of a field of the index that a segment belongs to. */
  public static FieldState of(SegmentInfo segment, String field) {
    synchronized (BY_DIRECTORY) {
      return BY_DIRECTORY
          .computeIfAbsent(segment.dir, _ -> new HashMap<>())
          .computeIfAbsent(field, FieldState::new);
    }
  }

  /**
   * Returns the current codebook. Trouble with reading the latest commit is told in the info stream
   * and means that there is none.
   *
   * @param state of the segment that asks
   * @param sample vectors of that segment, asked for only if they must be seen
   * @throws IOException if the directory cannot be listed, or what {@code sample} threw
   */
  public Optional<SegmentCodebook> codebook(SegmentWriteState state, IOSupplier<FloatMatrix> sample)
      throws IOException {
    return codebook.find(state, sample);
  }

  /**
   * Makes a codebook of lists the current one, if it is no older version: of a training, so that
   * those who wait at the gate find it, or of a segment that was written.
   *
   * @param state of a segment that has it or will
   * @throws IOException if the directory cannot be listed
   */
  public void trained(SegmentWriteState state, SegmentCodebook used) throws IOException {
    if (used.codebook().nlist() > 1) {
      codebook.publish(state, used);
    }
  }

  /**
   * Takes note of a segment that was written, and of its codebook.
   *
   * @param fit how the codebook fits the segment
   * @param inputs names of segments of this index that were merged into it
   * @param used its codebook, if it has one
   * @throws IOException if the directory cannot be listed
   */
  public void wrote(
      SegmentWriteState state, SegmentFit fit, Set<String> inputs, Optional<SegmentCodebook> used)
      throws IOException {
    segments.wrote(fit, inputs);
    if (used.isPresent()) {
      trained(state, used.get());
    }
  }

  /** Returns the gate that every training of the field goes through. */
  public TrainingGate gate() {
    return gate;
  }

  KnownSegments segments() {
    return segments;
  }
}
