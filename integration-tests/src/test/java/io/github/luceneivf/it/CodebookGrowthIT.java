// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.benchmarks.data.DataSet;
import io.github.luceneivf.benchmarks.data.Tsv;
import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.codec.IvfStatistics;
import io.github.luceneivf.codec.IvfVectorsFormat;
import io.github.luceneivf.codec.config.IvfParams;
import io.github.luceneivf.codec.config.Ports;
import io.github.luceneivf.codec.telemetry.IndexEvent;
import io.github.luceneivf.it.data.DataFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Indexes that grow in many flushes with Lucene's default merge policy: at every step recall at
 * default settings, and vectors scanned at recall 0.95 against codebooks trained afresh at that
 * moment: of as many lists as the sizing wants then, and of one list for 256 vectors. In some
 * order, a data set is thinned out to {@value #ROWS} rows; {@code -Divf.growth=1000000} takes all
 * of it, and generates as many as that.
 */
class CodebookGrowthIT {

  private static final int FLUSH = 1000;
  private static final double STEP = 1.6;
  private static final int ROWS = 32_000;
  private static final int QUERIES = 400;
  private static final double RECALL = 0.95;

  /**
   * Most that may be scanned beyond a fresh codebook of n/256 lists, on average and at any step.
   */
  private static final double COARSE_MEAN = 0.05;

  private static final double COARSE_WORST = 0.5;

  /** One for each doubling at most, and the first. */
  private static final int MOST_TRAININGS = 6;

  @TempDir Path temp = Path.of("");

  private final List<IndexEvent> events = new CopyOnWriteArrayList<>();

  /** Rows in some order. */
  private interface Rows {
    float[] row(int number) throws IOException;

    /** Returns how many rows there must be for a query to be asked: one like it has come. */
    default int due(int query) {
      return 0;
    }
  }

  /** A data set in some order, thinned out to {@code n} rows. */
  @SuppressWarnings("ArrayRecordComponent") // carried, never compared
  private record Ordered(DataSet data, List<Integer> order, int[] places, int n) implements Rows {
    static Ordered of(DataSet data, Comparator<Integer> by) throws IOException {
      List<Integer> order =
          IntStream.range(0, data.base().size())
              .boxed()
              .sorted(by.thenComparing(row -> row))
              .toList();
      int[] places = new int[order.size()];
      for (int place = 0; place < places.length; place++) {
        places[order.get(place)] = place;
      }
      int n = Math.min(order.size(), Integer.getInteger("ivf.growth", ROWS));
      return new Ordered(data, order, places, n);
    }

    @Override
    public float[] row(int number) throws IOException {
      return data.base().row(order.get((int) ((long) number * places.length / n)));
    }

    @Override
    public int due(int query) {
      return (int) ((long) places[data.neighbors().ord(query, 0)] * n / places.length) + 1;
    }
  }

  /**
   * What must hold.
   *
   * @param mean most that is scanned beyond a fresh training, on average over the steps
   * @param worst the same at any step
   * @param merged the same once all is one segment
   */
  private record Bounds(double mean, double worst, double merged) {}

  @Test
  void randomGrowthOfGeneratedData() throws IOException {
    int n = Integer.getInteger("ivf.growth", ROWS);
    Generated data = new Generated(32, 2000);
    float[][] queries = new float[QUERIES][];
    for (int query = 0; query < QUERIES; query++) {
      queries[query] = data.row(-1 - query);
    }
    grow("generated", data, n, matrix(queries), Metric.EUCLIDEAN, new Bounds(0.15, 0.45, 0.10));
  }

  @Test
  void wordnetByTopic() throws IOException {
    DataSet data = DataFolder.open("wordnet-minilm").firstQueries(QUERIES);
    List<String> topics =
        Tsv.read(DataFolder.require("wordnet-minilm").resolve("base.tsv.gz")).column("lexname");
    grow(
        "wordnet by lexname",
        Ordered.of(data, Comparator.comparing(topics::get)),
        new Bounds(0.6, 0.75, 0.25));
  }

  @Test
  void fashionByLabel() throws IOException {
    DataSet data = DataFolder.open("fashion-mnist").firstQueries(QUERIES);
    int[] labels = Objects.requireNonNull(data.labels());
    grow(
        "fashion by label",
        Ordered.of(data, Comparator.comparingInt(row -> labels[row])),
        new Bounds(0.65, 0.7, 0.1));
  }

  private void grow(String name, Ordered rows, Bounds bounds) throws IOException {
    DataSet data = rows.data;
    grow(name, rows, rows.n, data.queries(), data.metric(), bounds);
  }

  private void grow(
      String name, Rows rows, int n, FloatMatrix queries, Metric metric, Bounds bounds)
      throws IOException {
    List<CodebookScan.Figures> steps = new ArrayList<>();
    CodebookScan.Figures merged;
    IndexWriterConfig config =
        new IndexWriterConfig()
            .setCodec(
                VectorIndex.codec(
                    new IvfVectorsFormat(IvfParams.DEFAULT, Ports.LOCAL.withListener(events::add))))
            .setMergeScheduler(new SerialMergeScheduler())
            .setMaxBufferedDocs(FLUSH)
            .setRAMBufferSizeMB(IndexWriterConfig.DISABLE_AUTO_FLUSH);
    try (Directory directory = FSDirectory.open(temp);
        IndexWriter writer = new IndexWriter(directory, config)) {
      double next = 12 * FLUSH;
      for (int number = 0; number < n; number++) {
        Document document = new Document();
        document.add(
            new KnnFloatVectorField(VectorIndex.FIELD, rows.row(number), similarity(metric)));
        writer.addDocument(document);
        if ((number + 1) % (5 * FLUSH) == 0) {
          writer.commit();
        }
        if (number + 1 >= next || number + 1 == n) {
          next *= STEP;
          measure(name, writer, due(rows, queries, number + 1), metric).ifPresent(steps::add);
        }
      }
      writer.forceMerge(1);
      merged = measure(name + ", merged", writer, queries, metric).orElseThrow();
    }
    long trainings =
        events.stream().filter(event -> event.action() == IndexEvent.Action.TRAIN).count();
    double mean = steps.stream().mapToDouble(CodebookScan.Figures::loss).average().orElseThrow();
    double worst = steps.stream().mapToDouble(CodebookScan.Figures::loss).max().orElseThrow();
    DoubleSummaryStatistics coarse =
        steps.stream().mapToDouble(CodebookScan.Figures::coarseLoss).summaryStatistics();
    double age = steps.stream().mapToDouble(CodebookScan.Figures::age).average().orElseThrow();
    String summary =
        ("%s: trainings %d, scanned against fresh: mean %+.1f %%, worst %+.1f %%, for age %+.1f %%;"
                + " against n/256 lists: mean %+.1f %%, worst %+.1f %%")
            .formatted(
                name,
                trainings,
                100 * mean,
                100 * worst,
                100 * age,
                100 * coarse.getAverage(),
                100 * coarse.getMax());
    System.out.println(summary);
    assertTrue(trainings >= 2 && trainings <= MOST_TRAININGS, summary);
    assertTrue(coarse.getAverage() <= COARSE_MEAN && coarse.getMax() <= COARSE_WORST, summary);
    assertTrue(mean <= bounds.mean && worst <= bounds.worst, summary);
    assertTrue(merged.loss() <= bounds.merged && merged.recall() >= RECALL, name + ": " + merged);
    for (CodebookScan.Figures step : steps) {
      assertTrue(step.recall() >= RECALL, name + ": " + step);
    }
  }

  private static FloatMatrix due(Rows rows, FloatMatrix queries, int n) {
    float[][] asked =
        IntStream.range(0, queries.rows())
            .filter(query -> rows.due(query) <= n)
            .mapToObj(queries::row)
            .toArray(float[][]::new);
    return matrix(asked);
  }

  /** Measures an index; empty if no segment has lists yet. */
  private static Optional<CodebookScan.Figures> measure(
      String name, IndexWriter writer, FloatMatrix queries, Metric metric) throws IOException {
    writer.flush();
    try (DirectoryReader reader = DirectoryReader.open(writer)) {
      IvfStatistics statistics = IvfStatistics.of(reader, VectorIndex.FIELD);
      if (statistics.codebooks().isEmpty()) {
        return Optional.empty();
      }
      CodebookScan.Figures figures = CodebookScan.measure(reader, queries, metric);
      IvfStatistics.Fit fit = statistics.codebooks().getFirst().fit();
      System.out.printf(
          "%-20s n %7d segments %2d codebooks %d version %d nlist %4d scanned %5.2f %% fresh"
              + " %5.2f %% loss %+5.1f %% for age %+5.1f %% to n/256 %+5.1f %% energy %.3f imbalance %.3f recall %.3f%n",
          name,
          figures.vectors(),
          reader.leaves().size(),
          figures.codebooks(),
          fit.lineage().version(),
          fit.nlist(),
          100 * figures.scanned(),
          100 * figures.fresh(),
          100 * figures.loss(),
          100 * figures.age(),
          100 * figures.coarseLoss(),
          fit.energy().orElse(0) / fit.trainedEnergy().orElse(1),
          fit.imbalance() / fit.trainedImbalance().orElse(1),
          figures.recall());
      return Optional.of(figures);
    }
  }

  private static VectorSimilarityFunction similarity(Metric metric) {
    return metric == Metric.COSINE
        ? VectorSimilarityFunction.COSINE
        : VectorSimilarityFunction.EUCLIDEAN;
  }

  private static FloatMatrix matrix(float[][] rows) {
    float[] values = new float[rows.length * rows[0].length];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(rows[i], 0, values, i * rows[i].length, rows[i].length);
    }
    return new FloatMatrix(values, rows.length, rows[0].length);
  }

  /** Clusters of unequal weight, each row from its number alone. */
  private static final class Generated implements Rows {
    private final float[][] centres;

    Generated(int dim, int clusters) {
      Random random = new Random(1);
      this.centres = new float[clusters][dim];
      for (float[] centre : centres) {
        for (int d = 0; d < dim; d++) {
          centre[d] = (float) random.nextGaussian();
        }
      }
    }

    @Override
    public float[] row(int number) {
      Random random = new Random(31L * number + 7);
      double skewed = random.nextDouble() * random.nextDouble();
      float[] row = centres[(int) (skewed * centres.length)].clone();
      for (int d = 0; d < row.length; d++) {
        row[d] += (float) (1.0 * random.nextGaussian());
      }
      return row;
    }
  }
}
