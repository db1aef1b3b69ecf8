package io.github.luceneivf.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.benchmarks.data.DataSet;
import io.github.luceneivf.benchmarks.data.Tsv;
import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.codec.IvfStatistics;
import io.github.luceneivf.codec.IvfVectorsFormat;
import io.github.luceneivf.codec.config.IndexEvent;
import io.github.luceneivf.codec.config.IvfParams;
import io.github.luceneivf.codec.config.Ports;
import io.github.luceneivf.it.data.DataFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
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
 * Indexes that grow in many flushes with Lucene's default merge policy: vectors scanned at recall
 * 0.95, against a codebook trained afresh at that moment, are printed; trainings must stay few.
 * {@code -Divf.growth=1000000} grows the generated data to a million.
 */
class CodebookGrowthIT {

  private static final int FLUSH = 1000;
  private static final int QUERIES = 200;
  private static final double STEP = 1.6;

  @TempDir Path temp = Path.of("");

  private final List<IndexEvent> events = new CopyOnWriteArrayList<>();

  /** Rows in some order. */
  private interface Rows {
    float[] row(int number) throws IOException;
  }

  @Test
  void randomGrowthOfGeneratedData() throws IOException {
    int n = Integer.getInteger("ivf.growth", 40_000);
    Generated data = new Generated(32, 2000);
    float[][] queries = new float[QUERIES][];
    for (int query = 0; query < QUERIES; query++) {
      queries[query] = data.row(-1 - query);
    }
    grow("generated", data, n, matrix(queries), Metric.EUCLIDEAN, 2);
  }

  @Test
  void wordnetByTopic() throws IOException {
    DataSet data = DataFolder.open("wordnet-minilm").firstQueries(QUERIES);
    List<String> topics =
        Tsv.read(DataFolder.require("wordnet-minilm").resolve("base.tsv.gz")).column("lexname");
    List<Integer> order = sorted(data.base().size(), Comparator.comparing(topics::get));
    grow("wordnet by lexname", data, order, 8);
  }

  @Test
  void fashionByLabel() throws IOException {
    DataSet data = DataFolder.open("fashion-mnist").firstQueries(QUERIES);
    int[] labels = Objects.requireNonNull(data.labels());
    List<Integer> order = sorted(data.base().size(), Comparator.comparingInt(row -> labels[row]));
    grow("fashion by label", data, order, 8);
  }

  private static List<Integer> sorted(int n, Comparator<Integer> by) {
    return IntStream.range(0, n).boxed().sorted(by.thenComparing(row -> row)).toList();
  }

  private void grow(String name, DataSet data, List<Integer> order, int mostTrainings)
      throws IOException {
    grow(
        name,
        number -> data.base().row(order.get(number)),
        order.size(),
        data.queries(),
        data.metric(),
        mostTrainings);
  }

  private void grow(
      String name, Rows rows, int n, FloatMatrix queries, Metric metric, int mostRenewals)
      throws IOException {
    List<Double> losses = new ArrayList<>();
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
          measure(name, writer, queries, metric).ifPresent(losses::add);
        }
      }
    }
    long trainings =
        events.stream().filter(event -> event.action() == IndexEvent.Action.TRAIN).count();
    double mean = losses.stream().mapToDouble(loss -> loss).average().orElseThrow();
    double worst = losses.stream().mapToDouble(loss -> loss).max().orElseThrow();
    System.out.printf(
        "%-20s trainings %d, scanned against fresh: mean %+.1f %%, worst %+.1f %%%n",
        name, trainings, 100 * mean, 100 * worst);
    assertTrue(trainings <= 1 + mostRenewals, () -> "trainings: " + trainings);
  }

  /** Returns the loss against a fresh training; empty if no segment has lists yet. */
  private static Optional<Double> measure(
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
              + " %5.2f %% loss %+5.1f %% energy %.3f imbalance %.3f%n",
          name,
          figures.vectors(),
          reader.leaves().size(),
          figures.codebooks(),
          fit.lineage().version(),
          fit.nlist(),
          100 * figures.scanned(),
          100 * figures.fresh(),
          100 * figures.loss(),
          fit.energy().orElse(0) / fit.trainedEnergy().orElse(1),
          fit.imbalance() / fit.trainedImbalance().orElse(1));
      return Optional.of(figures.loss());
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
