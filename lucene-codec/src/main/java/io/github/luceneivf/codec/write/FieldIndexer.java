// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.write;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.codebook.AbortCheck;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.TrainedCodebook;
import io.github.luceneivf.codebook.TrainingReport;
import io.github.luceneivf.codebook.TrainingWarning;
import io.github.luceneivf.codebook.VectorEncoder;
import io.github.luceneivf.codec.file.FieldMeta;
import io.github.luceneivf.codec.file.IvfFiles;
import io.github.luceneivf.codec.file.ListsMeta;
import io.github.luceneivf.codec.file.SegmentCodebook;
import io.github.luceneivf.codec.fit.CollectionCheck;
import io.github.luceneivf.codec.fit.FieldState;
import io.github.luceneivf.codec.fit.MergeInput;
import io.github.luceneivf.codec.fit.SegmentFit;
import io.github.luceneivf.codec.fit.TrainingGate;
import io.github.luceneivf.codec.telemetry.IndexEvent;
import io.github.luceneivf.codec.telemetry.IvfInfo;
import io.github.luceneivf.codec.telemetry.MergeCounts;
import io.github.luceneivf.quantization.Encoding;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.lucene.index.SegmentWriteState;

/**
 * The index pipeline of a field of a segment: vectors → sample → codebook → list numbers and codes
 * → posting lists → files. The same for flushes and merges, but for what is abstract here; the plan
 * says which steps are taken. Heap is bounded by the merge budget: half of it for the sample, with
 * the trainer's copy of it the other half; a quarter for staged codes, beyond which they go to
 * temporary files; a quarter for the ordinals of the lists being written. Confined to the thread of
 * the flush or merge.
 */
abstract sealed class FieldIndexer permits FlushIndexer, MergeIndexer {

  private final WriteContext segment;
  private final FieldVectors vectors;
  private final AbortCheck abort;
  private final IndexEvent.Cause cause;
  private final FieldState known;
  private final FieldTraining training;

  FieldIndexer(
      WriteContext segment, FieldVectors vectors, AbortCheck abort, IndexEvent.Cause cause) {
    this.segment = segment;
    this.vectors = vectors;
    this.abort = abort;
    this.cause = cause;
    this.known = FieldState.of(segment.state().segmentInfo, vectors.field());
    this.training = new FieldTraining(segment, vectors, abort);
  }

  /**
   * Plans.
   *
   * @param mayTrain whether a training may happen that can be done without
   */
  abstract IndexPlan plan(IndexPlanner planner, List<SegmentCodebook> atHand, boolean mayTrain)
      throws IOException;

  /** Plans again, inside the gate if need be, because the first plan was to train. */
  abstract IndexPlan planAtGate(TrainingGate.Visit visit) throws IOException;

  /** Draws a training sample of so many vectors in all. */
  abstract FloatMatrix sample(long population, int rows, long seed) throws IOException;

  /** Who assigns and encodes, once a codebook is at hand or was trained. */
  abstract VectorEncoder encoder(boolean trained);

  /** Names of the segments of this index that are merged. */
  abstract Set<String> mergedSegments();

  /** Opens the lists of inputs to copy them. */
  abstract List<CopiedEntries> open(List<MergeInput> copies) throws IOException;

  abstract MergeCounts counts(List<MergeInput> copies, int copied, int encoded);

  /** Indexes the vectors and writes their meta data. */
  final void index() throws IOException {
    try (TrainingGate.Visit visit = known.gate().visit()) {
      IndexPlan plan = plan(true);
      carryOut(plan.trains() ? planAtGate(visit) : plan, visit);
    }
  }

  final IndexPlan plan(boolean mayTrain) throws IOException {
    IndexPlanner planner = new IndexPlanner(segment.params(), vectors.metric(), vectors.dim());
    return plan(planner, atHand(), mayTrain);
  }

  /** Codebooks at hand in this process; none where they are not needed. */
  private List<SegmentCodebook> atHand() throws IOException {
    List<SegmentCodebook> found = new ArrayList<>();
    if (vectors.size() > 0 && vectors.size() >= segment.params().thresholds().exact()) {
      known
          .codebook(segment.state(), () -> vectors.source().spread(CollectionCheck.SAMPLE))
          .ifPresent(found::add);
      segment
          .ports()
          .source()
          .latest(vectors.field())
          .map(SegmentCodebook::of)
          .ifPresent(found::add);
    }
    return found;
  }

  private void carryOut(IndexPlan plan, TrainingGate.Visit visit) throws IOException {
    SegmentWriteState state = segment.state();
    message(() ->
        cause
            + " "
            + state.segmentInfo.name
            + " field="
            + vectors.field()
            + " vectors="
            + vectors.size()
            + ": "
            + plan.action()
            + " ("
            + plan.reason()
            + ")");
    long start = System.nanoTime();
    Optional<TrainingReport> report = Optional.empty();
    Optional<InvertedFileWriter.Coding> coding = Optional.empty();
    switch (plan) {
      case IndexPlan.Exact _ -> {}
      case IndexPlan.OneList _ -> coding = Optional.of(coding(training.oneList(), 0));
      case IndexPlan.Coded coded -> coding = Optional.of(coding(coded.codebook(), coded.arrived()));
      case IndexPlan.Train train -> {
        TrainedCodebook trained =
            training.train(train, (rows, seed) -> sample(train.population(), rows, seed));
        report(trained);
        segment.ports().source().offer(vectors.field(), trained);
        report = Optional.of(trained.report());
        SegmentCodebook book = SegmentCodebook.of(trained);
        known.trained(state, book);
        coding = Optional.of(coding(book, 0));
      }
    }
    visit.close(); // before anything is written, for then Lucene may let a smaller merge go first
    long trained = System.nanoTime();
    Optional<ListsMeta> lists = Optional.empty();
    MergeCounts counts = counts(List.of(), 0, 0);
    if (coding.isPresent()) {
      InvertedFileWriter.Written written =
          new InvertedFileWriter(segment, abort)
              .write(
                  coding.get(), vectors.source(), open(plan.copies()), encoder(report.isPresent()));
      lists = Optional.of(written.lists());
      counts = counts(plan.copies(), written.copied(), vectors.size() - written.copied());
    }
    Optional<SegmentCodebook> used = coding.map(InvertedFileWriter.Coding::used);
    FieldMeta meta = new FieldMeta(vectors.info().number, vectors.size(), lists);
    meta.write(segment.outputs().get(IvfFiles.META));
    known.wrote(state, SegmentFit.of(state.segmentInfo.name, meta, used), mergedSegments(), used);
    segment
        .ports()
        .listener()
        .onIndexed(
            new IndexEvent(
                state.segmentInfo.name,
                vectors.field(),
                cause,
                plan.action(),
                vectors.size(),
                lists.map(ListsMeta::nlist).orElse(0),
                counts,
                report,
                Duration.ofNanos(trained - start),
                Duration.ofNanos(System.nanoTime() - trained)));
  }

  /** The encoding wanted; where the codebook cannot serve it, as that of one list, the default. */
  private InvertedFileWriter.Coding coding(SegmentCodebook used, int arrived) {
    Codebook codebook = used.codebook();
    Encoding wanted = segment.params().encodingFor(codebook.dim());
    Encoding encoding = codebook.supports(wanted) ? wanted : Encoding.defaultFor(codebook.dim());
    return new InvertedFileWriter.Coding(used, encoding, arrived);
  }

  final FieldTraining training() {
    return training;
  }

  private void report(TrainedCodebook trained) {
    String id = trained.codebook().id().shortHex();
    message(() -> "trained " + id + ": " + trained.report());
    for (TrainingWarning warning : trained.report().warnings()) {
      message(() -> "training of " + id + ": " + warning);
    }
  }

  private void message(Supplier<String> text) {
    IvfInfo.tell(segment.state().infoStream, text);
  }
}
