// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.write;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.codebook.AbortCheck;
import io.github.luceneivf.codebook.CodebookTrainer;
import io.github.luceneivf.codebook.LocalVectorEncoder;
import io.github.luceneivf.codebook.VectorEncoder;
import io.github.luceneivf.codec.file.SegmentCodebook;
import io.github.luceneivf.codec.fit.MergeInput;
import io.github.luceneivf.codec.fit.TrainingGate;
import io.github.luceneivf.codec.telemetry.IndexEvent;
import io.github.luceneivf.codec.telemetry.MergeCounts;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/** Indexes a field of a flush: in this process, and without waiting for a merge. */
final class FlushIndexer extends FieldIndexer {

  private final CodebookTrainer trainer;
  private final FieldVectors vectors;

  FlushIndexer(WriteContext segment, FieldVectors vectors) {
    super(segment, vectors, AbortCheck.NONE, IndexEvent.Cause.FLUSH);
    this.trainer = segment.ports().trainer();
    this.vectors = vectors;
  }

  @Override
  IndexPlan plan(IndexPlanner planner, List<SegmentCodebook> atHand, boolean mayTrain) {
    return planner.flush(vectors.size(), atHand, mayTrain && !trainer.isRemote());
  }

  /** The first flushes of a field, if several run at a time, train one codebook, not one each. */
  @Override
  IndexPlan planAtGate(TrainingGate.Visit visit) throws IOException {
    return plan(visit.enterFlush());
  }

  @Override
  FloatMatrix sample(long population, int rows, long seed) throws IOException {
    return training().sampleSegment(rows, seed);
  }

  /**
   * The first flush of a field, which has trained on several threads, encodes on them too; later
   * flushes run beside others on Lucene's indexing threads.
   */
  @Override
  VectorEncoder encoder(boolean trained) {
    return new LocalVectorEncoder(trained ? trainer.threads() : 1);
  }

  @Override
  Set<String> mergedSegments() {
    return Set.of();
  }

  @Override
  List<CopiedEntries> open(List<MergeInput> copies) {
    return List.of();
  }

  @Override
  MergeCounts counts(List<MergeInput> copies, int copied, int encoded) {
    return MergeCounts.NONE;
  }
}
