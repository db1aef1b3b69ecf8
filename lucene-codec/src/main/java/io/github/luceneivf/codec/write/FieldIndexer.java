// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.write;

import io.github.luceneivf.calibration.Calibration;
import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.KMeansParams;
import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.clustering.TrainingSample;
import io.github.luceneivf.clustering.VectorSource;
import io.github.luceneivf.clustering.VectorSpace;
import io.github.luceneivf.codebook.AbortCheck;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.LocalVectorEncoder;
import io.github.luceneivf.codebook.TrainedCodebook;
import io.github.luceneivf.codebook.TrainingMonitor;
import io.github.luceneivf.codebook.TrainingReport;
import io.github.luceneivf.codebook.TrainingRequest;
import io.github.luceneivf.codebook.TrainingWarning;
import io.github.luceneivf.codebook.VectorEncoder;
import io.github.luceneivf.codec.config.IndexEvent;
import io.github.luceneivf.codec.config.IvfParams;
import io.github.luceneivf.codec.config.MergeCounts;
import io.github.luceneivf.codec.config.Ports;
import io.github.luceneivf.codec.file.FieldMeta;
import io.github.luceneivf.codec.file.IvfFiles;
import io.github.luceneivf.codec.file.SegmentCodebook;
import io.github.luceneivf.codec.file.SegmentFit;
import io.github.luceneivf.quantization.Encoding;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.SegmentWriteState;

/**
 * The index pipeline: vectors → sample → codebook → list numbers and codes → posting lists → files.
 * The same for flushes and merges; the plan says which steps are taken. Heap is bounded by {@link
 * IvfParams#mergeBudgetBytes}: half of it for the sample, with the trainer's copy of it the other
 * half; a quarter for staged codes, beyond which they go to temporary files; a quarter for the
 * ordinals of the lists being written. Confined to the thread of the flush or merge.
 */
final class FieldIndexer {

  /** Training vectors per centroid at most; more do not improve the centroids measurably. */
  private static final int POINTS_PER_CENTROID = 256;

  /**
   * Training vectors per centroid at least, where the budget and not the data limits the sample.
   */
  private static final int LEAST_POINTS_PER_CENTROID = 128;

  /** Vectors that the mean of a segment of one list is taken from. */
  private static final int MEAN_SAMPLE = 4096;

  private static final long SEED = 0x5eed_1f5eedL;

  private final SegmentWriteState state;
  private final IvfParams params;
  private final Ports ports;
  private final SegmentOutputs outputs;
  private final Run run;

  /**
   * One flush or merge.
   *
   * @param cause which of them
   * @param encoder who assigns and encodes
   * @param abort whether to go on
   * @param inputs segments with vectors of the field that are merged; none in a flush
   * @param index the index around a merge; empty in a flush
   */
  record Run(
      IndexEvent.Cause cause,
      VectorEncoder encoder,
      AbortCheck abort,
      List<MergeInput> inputs,
      Optional<LiveIndex> index) {}

  FieldIndexer(
      SegmentWriteState state, IvfParams params, Ports ports, SegmentOutputs outputs, Run run) {
    this.state = state;
    this.params = params;
    this.ports = ports;
    this.outputs = outputs;
    this.run = run;
  }

  /** Indexes the vectors of a field and writes its meta data. */
  void index(FieldInfo field, Metric metric, VectorSource vectors, IndexPlan plan)
      throws IOException {
    message(() ->
        run.cause
            + " "
            + state.segmentInfo.name
            + " field="
            + field.name
            + " vectors="
            + vectors.size()
            + ": "
            + plan.action()
            + " ("
            + plan.reason()
            + ")");
    long start = System.nanoTime();
    Optional<TrainingReport> report = Optional.empty();
    Optional<SegmentCodebook> codebook = Optional.empty();
    switch (plan) {
      case IndexPlan.Exact _ -> {}
      case IndexPlan.OneList _ -> codebook = Optional.of(oneList(metric, vectors));
      case IndexPlan.Assign assign -> codebook = Optional.of(assign.codebook());
      case IndexPlan.Copy copy -> codebook = Optional.of(copy.codebook());
      case IndexPlan.Reassign reassign -> codebook = Optional.of(reassign.codebook());
      case IndexPlan.Train train -> {
        TrainedCodebook trained = train(metric, vectors, train);
        ports.source().offer(field.name, trained);
        report = Optional.of(trained.report());
        codebook = Optional.of(SegmentCodebook.of(trained));
      }
    }
    long trained = System.nanoTime();
    Optional<FieldMeta.Lists> lists = Optional.empty();
    List<MergeInput> copies = List.of();
    int copied = 0;
    if (codebook.isPresent()) {
      ListsWriter writer = new ListsWriter(state, params, outputs, run.abort);
      ListsWriter.Coded coded =
          new ListsWriter.Coded(
              codebook.get(), encoding(codebook.get()), arrived(plan, vectors.size()));
      copies = copies(plan, coded);
      ListsWriter.Written written =
          vectors instanceof MergedVectors merged && !copies.isEmpty()
              ? writer.merge(coded, merged, copies, run.encoder)
              : writer.encode(coded, vectors, encoder(plan));
      lists = Optional.of(written.lists());
      copied = written.copied();
    }
    FieldMeta meta = new FieldMeta(field.number, vectors.size(), lists);
    meta.write(outputs.get(IvfFiles.META));
    LiveSegments.of(state.segmentInfo, field.name)
        .wrote(
            SegmentFit.of(state.segmentInfo.name, meta, codebook),
            run.index.map(LiveIndex::inputs).orElse(Set.of()));
    if (codebook.isPresent() && codebook.get().codebook().nlist() > 1) {
      KnownCodebooks.publish(state, field.name, codebook.get());
    }
    ports
        .listener()
        .onIndexed(
            new IndexEvent(
                state.segmentInfo.name,
                field.name,
                run.cause,
                plan.action(),
                vectors.size(),
                lists.map(FieldMeta.Lists::nlist).orElse(0),
                counts(copies, lists.isPresent() ? vectors.size() - copied : 0, copied),
                report,
                Duration.ofNanos(trained - start),
                Duration.ofNanos(System.nanoTime() - trained)));
  }

  /**
   * The first flush of a field, which has trained on several threads, encodes on them too; later
   * flushes run beside others on Lucene's indexing threads.
   */
  private VectorEncoder encoder(IndexPlan plan) {
    return plan instanceof IndexPlan.Train && run.cause == IndexEvent.Cause.FLUSH
        ? new LocalVectorEncoder(ports.trainer().threads())
        : run.encoder;
  }

  /**
   * Vectors to encode that came after the training of the codebook. Those of segments with lists of
   * another codebook, an older version, are taken to have been there.
   */
  private int arrived(IndexPlan plan, int vectors) {
    if (plan instanceof IndexPlan.Train || plan instanceof IndexPlan.OneList) {
      return 0;
    }
    long others =
        run.inputs.stream()
            .filter(input -> input.codebook().isPresent())
            .mapToLong(input -> IntStream.of(input.lists().orElseThrow().meta().sizes()).sum())
            .sum();
    return (int) Math.max(0, vectors - others);
  }

  /** The inputs whose codes are copied. */
  private List<MergeInput> copies(IndexPlan plan, ListsWriter.Coded coded) {
    return plan instanceof IndexPlan.Copy || plan instanceof IndexPlan.Reassign
        ? run.inputs.stream()
            .filter(input -> input.isCodedWith(coded.codebook().codebook().id(), coded.encoding()))
            .toList()
        : List.of();
  }

  private MergeCounts counts(List<MergeInput> copies, int encoded, int copied) {
    if (run.cause == IndexEvent.Cause.FLUSH) {
      return MergeCounts.NONE;
    }
    Map<MergeCounts.Input, Integer> kinds = new EnumMap<>(MergeCounts.Input.class);
    for (MergeInput input : run.inputs) {
      kinds.merge(
          copies.contains(input) ? MergeCounts.Input.COPIED : input.kind(), 1, Integer::sum);
    }
    return new MergeCounts(copied, encoded, kinds);
  }

  /** The encoding wanted; where the codebook cannot serve it, as that of one list, the default. */
  private Encoding encoding(SegmentCodebook used) {
    Codebook codebook = used.codebook();
    Encoding wanted = params.encodingFor(codebook.dim());
    return codebook.supports(wanted) ? wanted : Encoding.defaultFor(codebook.dim());
  }

  private TrainedCodebook train(Metric metric, VectorSource vectors, IndexPlan.Train plan)
      throws IOException {
    long affordable = params.mergeBudgetBytes() / (2L * Float.BYTES * vectors.dim());
    long wanted = (long) POINTS_PER_CENTROID * plan.nlist();
    long population = plan.population();
    int rows = (int) Math.max(1, Math.min(Math.min(wanted, affordable), population));
    FloatMatrix sample =
        population > vectors.size() && run.index.isPresent()
            ? run.index.get().sample(vectors, rows, SEED)
            : TrainingSample.draw(vectors, rows, SEED, run.abort::check);
    int nlist =
        sample.rows() < population
            ? Math.clamp(sample.rows() / LEAST_POINTS_PER_CENTROID, 1, plan.nlist())
            : plan.nlist();
    KMeansParams kmeans = KMeansParams.of(nlist, SEED).withThreads(ports.trainer().threads());
    Encoding encoding = params.encodingFor(vectors.dim());
    TrainingRequest request =
        plan.parent().isPresent()
            ? TrainingRequest.successorOf(
                plan.parent().get().codebook(), encoding, kmeans, population)
            : new TrainingRequest(metric, encoding, kmeans, population, Optional.empty());
    TrainedCodebook trained = ports.trainer().train(request, sample, TrainingMonitor.of(run.abort));
    message(() -> "trained " + trained.codebook().id().shortHex() + ": " + trained.report());
    for (TrainingWarning warning : trained.report().warnings()) {
      message(() -> "training of " + trained.codebook().id().shortHex() + ": " + warning);
    }
    return trained;
  }

  private SegmentCodebook oneList(Metric metric, VectorSource vectors) throws IOException {
    FloatMatrix sample = TrainingSample.draw(vectors, MEAN_SAMPLE, SEED, run.abort::check);
    VectorSpace space = VectorSpace.fitting(metric, sample.values());
    int dim = vectors.dim();
    double[] sums = new double[dim];
    float[] row = new float[dim];
    for (int r = 0; r < sample.rows(); r++) {
      System.arraycopy(sample.values(), r * dim, row, 0, dim);
      space.map(row, 0, 1, dim);
      for (int d = 0; d < dim; d++) {
        sums[d] += row[d];
      }
    }
    float[] mean = new float[dim];
    for (int d = 0; d < dim; d++) {
      mean[d] = (float) (sums[d] / sample.rows());
    }
    return new SegmentCodebook(
        Codebook.oneList(space, mean, vectors.size()), Calibration.uncalibrated());
  }

  private void message(Supplier<String> text) {
    IvfInfo.tell(state.infoStream, text);
  }
}
