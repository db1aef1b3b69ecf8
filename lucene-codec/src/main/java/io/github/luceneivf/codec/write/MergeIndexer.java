// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.write;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.codebook.AbortCheck;
import io.github.luceneivf.codebook.VectorEncoder;
import io.github.luceneivf.codec.file.SegmentCodebook;
import io.github.luceneivf.codec.fit.IndexAround;
import io.github.luceneivf.codec.fit.IndexFit;
import io.github.luceneivf.codec.fit.MergeInput;
import io.github.luceneivf.codec.fit.TrainingGate;
import io.github.luceneivf.codec.telemetry.IndexEvent;
import io.github.luceneivf.codec.telemetry.MergeCounts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.MergeState;

/** Indexes a field of a merge: what inputs have is copied, the rest goes to the ports. */
final class MergeIndexer extends FieldIndexer {

  private final WriteContext segment;
  private final MergedVectors vectors;
  private final AbortCheck abort;
  private final List<MergeInput> inputs;
  private final IndexAround index;

  private MergeIndexer(
      WriteContext segment,
      FieldInfo field,
      MergedVectors vectors,
      AbortCheck abort,
      List<MergeInput> inputs) {
    super(segment, new FieldVectors(field, vectors), abort, IndexEvent.Cause.MERGE);
    this.segment = segment;
    this.vectors = vectors;
    this.abort = abort;
    this.inputs = inputs;
    this.index = new IndexAround(segment.state(), field.name, inputs, abort);
  }

  /**
   * Creates the indexer of a field.
   *
   * @param vectors as they were written, raw
   * @throws IOException if the lists of an input cannot be read
   */
  static MergeIndexer of(
      WriteContext segment, FieldInfo field, MergedVectors vectors, MergeState merge)
      throws IOException {
    return new MergeIndexer(
        segment, field, vectors, merge::checkAborted, MergeInput.of(field, merge));
  }

  @Override
  IndexPlan plan(IndexPlanner planner, List<SegmentCodebook> atHand, boolean mayTrain) {
    return planner.merge(
        vectors.size(),
        inputs,
        atHand,
        current -> mayTrain ? index.fit(current.codebook(), vectors.size()) : IndexFit.of(0));
  }

  /**
   * Someone may have trained since, or be about to. Then this merge has no reason to for a new
   * version; without any codebook it waits for theirs, or for its turn.
   */
  @Override
  IndexPlan planAtGate(TrainingGate.Visit visit) throws IOException {
    if (!visit.tryEnterMerge()) {
      IndexPlan without = plan(false);
      if (!without.trains()) {
        return without;
      }
      visit.enterMerge(abort);
    }
    return plan(true);
  }

  @Override
  FloatMatrix sample(long population, int rows, long seed) throws IOException {
    return population > vectors.size()
        ? index.sample(vectors, rows, seed)
        : training().sampleSegment(rows, seed);
  }

  @Override
  VectorEncoder encoder(boolean trained) {
    return segment.ports().encoder();
  }

  @Override
  Set<String> mergedSegments() {
    return index.inputs();
  }

  @Override
  List<CopiedEntries> open(List<MergeInput> copies) throws IOException {
    List<CopiedEntries> opened = new ArrayList<>();
    if (!copies.isEmpty()) {
      DocToOrd merged = DocToOrd.of(vectors.values(), segment.state().segmentInfo.maxDoc(), abort);
      for (MergeInput copy : copies) {
        abort.check();
        opened.add(new CopiedEntries(copy.lists().orElseThrow(), copy.docMap(), merged));
      }
    }
    return opened;
  }

  @Override
  MergeCounts counts(List<MergeInput> copies, int copied, int encoded) {
    Map<MergeCounts.Input, Integer> kinds = new EnumMap<>(MergeCounts.Input.class);
    for (MergeInput input : inputs) {
      kinds.merge(
          copies.contains(input) ? MergeCounts.Input.COPIED : input.kind(), 1, Integer::sum);
    }
    return new MergeCounts(copied, encoded, kinds);
  }
}
