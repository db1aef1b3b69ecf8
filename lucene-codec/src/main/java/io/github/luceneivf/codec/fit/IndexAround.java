// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.fit;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.TrainingSample;
import io.github.luceneivf.clustering.VectorSource;
import io.github.luceneivf.codebook.AbortCheck;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codec.file.RawVectors;
import io.github.luceneivf.codec.telemetry.IvfInfo;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.MergePolicy;
import org.apache.lucene.index.SegmentCommitInfo;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.index.SegmentWriteState;
import org.apache.lucene.store.Directory;
import org.apache.lucene.util.Bits;
import org.jspecify.annotations.Nullable;

/**
 * The index around a merge: what its other segments say of the codebook, and vectors of those that
 * are committed. Whatever fails here is told to the info stream and leaves the merge with less to
 * go by; only an aborted merge fails. Confined to the merge thread.
 */
public final class IndexAround {

  private final SegmentWriteState state;
  private final String field;
  private final List<MergeInput> merges;
  private final Set<String> inputs;
  private final AbortCheck abort;
  private final KnownSegments segments;
  private @Nullable List<SegmentFit> own;

  /**
   * Looks from one merge.
   *
   * @param state of the merged segment
   * @param inputs the segments that are merged
   */
  @SuppressWarnings("ReferenceEquality") // the directory of this index, not one like it
  public IndexAround(
      SegmentWriteState state, String field, List<MergeInput> inputs, AbortCheck abort) {
    this.state = state;
    this.field = field;
    this.merges = inputs;
    this.abort = abort;
    this.inputs = new HashSet<>();
    for (MergeInput input : inputs) {
      input.fit().filter(_ -> input.directory() == directory()).ifPresent(this::add);
    }
    this.segments = FieldState.of(state.segmentInfo, field).segments();
  }

  private Directory directory() {
    return state.segmentInfo.dir;
  }

  private void add(SegmentFit fit) {
    inputs.add(fit.segment());
  }

  /** Returns the names of the segments that are merged, as far as they are of this index. */
  public Set<String> inputs() {
    return inputs;
  }

  /**
   * Returns how a codebook fits the index.
   *
   * @param vectors vectors of the merge
   */
  public IndexFit fit(Codebook codebook, int vectors) {
    List<SegmentFit> all = new ArrayList<>(own());
    long others = 0;
    long reachable = vectors;
    try {
      readCommit();
      Set<String> committed = committed();
      for (SegmentFit segment : segments.live(directory())) {
        if (!inputs.contains(segment.segment())) {
          all.add(segment);
          others += segment.vectors();
          reachable += committed.contains(segment.segment()) ? segment.vectors() : 0;
        }
      }
    } catch (IOException | RuntimeException e) {
      message("other segments are not seen: " + e);
    }
    return IndexFit.of(codebook.id(), codebook.nlist(), all, vectors + others, reachable);
  }

  /** What the inputs will say in the merged segment, without what is deleted. */
  private List<SegmentFit> own() {
    if (own == null) {
      own =
          merges.stream()
              .flatMap(input -> input.fit().map(written -> own(input, written)).stream())
              .toList();
    }
    return own;
  }

  /** An aborted merge goes on with less to go by until it checks again, which is soon. */
  private SegmentFit own(MergeInput input, SegmentFit written) {
    try {
      return FitWithoutDeletes.of(input, written, abort);
    } catch (IOException | RuntimeException e) {
      message("deletes in " + written.segment() + " are not seen: " + e);
      return written;
    }
  }

  private void readCommit() {
    try {
      segments.readCommit(directory(), field);
    } catch (IOException | RuntimeException e) {
      message("the latest commit is not seen: " + e);
    }
  }

  private Set<String> committed() {
    Set<String> names = new HashSet<>();
    try {
      for (SegmentCommitInfo segment : SegmentInfos.readLatestCommit(directory())) {
        names.add(segment.info.name);
      }
    } catch (IOException e) {
      message("no commit: " + e);
    }
    return names;
  }

  /**
   * Draws a sample of the vectors of the merge and of committed segments that are not in it, in
   * proportion.
   *
   * @param rows vectors wanted at most
   * @throws IOException what reading the vectors of the merge threw, or {@code abort}
   */
  public FloatMatrix sample(VectorSource vectors, int rows, long seed) throws IOException {
    List<float[]> others = List.of();
    try (DirectoryReader reader = DirectoryReader.open(directory())) {
      others = others(reader, vectors.size(), rows, seed);
    } catch (MergePolicy.MergeAbortedException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      message("the sample is of the merged segments alone: " + e);
    }
    FloatMatrix own =
        TrainingSample.draw(vectors, Math.max(1, rows - others.size()), seed, abort::check);
    int dim = own.dim();
    float[] values = new float[Math.multiplyExact(own.rows() + others.size(), dim)];
    System.arraycopy(own.values(), 0, values, 0, own.values().length);
    for (int i = 0; i < others.size(); i++) {
      System.arraycopy(others.get(i), 0, values, (own.rows() + i) * dim, dim);
    }
    return new FloatMatrix(values, own.rows() + others.size(), dim);
  }

  private List<float[]> others(DirectoryReader reader, int own, int rows, long seed)
      throws IOException {
    List<LeafReader> leaves = new ArrayList<>();
    List<KnnVectorValues> vectors = new ArrayList<>();
    long total = own;
    for (LeafReaderContext leaf : reader.leaves()) {
      String name = SegmentFit.of(leaf.reader(), field).map(SegmentFit::segment).orElse("");
      KnnVectorValues values = RawVectors.of(leaf.reader(), field);
      if (values != null && !inputs.contains(name) && !segments.isMergedInto(name, inputs)) {
        leaves.add(leaf.reader());
        vectors.add(values);
        total += values.size();
      }
    }
    double share = Math.min(1, (double) rows / total);
    SplittableRandom random = new SplittableRandom(seed);
    List<float[]> drawn = new ArrayList<>();
    for (int i = 0; i < leaves.size(); i++) {
      KnnVectorValues values = vectors.get(i);
      RawVectors.Floats floats = RawVectors.floats(values);
      Bits live = values.getAcceptOrds(leaves.get(i).getLiveDocs());
      for (int ord = 0; ord < values.size() && drawn.size() < rows - 1; ord++) {
        if ((ord & 1023) == 0) {
          abort.check();
        }
        if (random.nextDouble() < share && (live == null || live.get(ord))) {
          drawn.add(floats.vector(ord).clone());
        }
      }
    }
    return drawn;
  }

  private void message(String text) {
    IvfInfo.tell(
        state.infoStream, () -> "field=" + field + " " + state.segmentInfo.name + ": " + text);
  }
}
