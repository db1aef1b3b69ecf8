// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec;

import io.github.luceneivf.calibration.Calibration;
import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.CodebookSource;
import io.github.luceneivf.codebook.CodebookTrainer;
import io.github.luceneivf.codebook.LocalCodebookTrainer;
import io.github.luceneivf.codebook.LocalVectorEncoder;
import io.github.luceneivf.codebook.TrainedCodebook;
import io.github.luceneivf.codebook.TrainingMonitor;
import io.github.luceneivf.codebook.TrainingRequest;
import io.github.luceneivf.codec.config.IvfParams;
import io.github.luceneivf.codec.config.ListSizing;
import io.github.luceneivf.codec.config.Ports;
import io.github.luceneivf.quantization.Encoding;
import io.github.luceneivf.testdata.VectorGenerators;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnByteVectorField;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.FilterMergePolicy;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.MergeTrigger;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.index.SegmentCommitInfo;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.codecs.asserting.AssertingCodec;
import org.apache.lucene.tests.util.TestUtil;
import org.jspecify.annotations.Nullable;

/**
 * A life of an index, drawn from a seed: settings, flushes of all sizes, deletes, merges of
 * neighbours, added indexes, and writers that come and go. On one thread, so that the same seed
 * gives the same files.
 */
final class IndexLife {

  private static final int STEPS = 14;
  private static final int DOCUMENTS = 9_000;
  private static final VectorSimilarityFunction[] SIMILARITIES = VectorSimilarityFunction.values();
  private static final int[] FLUSHES = {20, 70, 70, 250, 420, 420, 800};

  private final Random random;
  private final long seed;
  private final Codec codec;
  private final VectorSimilarityFunction similarity;
  private final VectorSimilarityFunction ofBytes;
  private final boolean sorted;
  private final double density;
  private final FloatMatrix rows;
  private final Chosen policy = new Chosen();
  private int added;

  IndexLife(long seed) {
    this.seed = seed;
    this.random = new Random(seed);
    int dim = 4 + random.nextInt(25);
    this.similarity = SIMILARITIES[(int) (seed % SIMILARITIES.length)];
    this.ofBytes = SIMILARITIES[(int) ((seed + 1) % SIMILARITIES.length)];
    this.sorted = random.nextBoolean();
    this.density = random.nextBoolean() ? 1 : 0.8;
    this.rows = rows(dim);
    KnnVectorsFormat first = format(Encoding.all().get((int) (seed % Encoding.all().size())));
    KnnVectorsFormat second = format(Encoding.BIT1);
    this.codec =
        new AssertingCodec() {
          @Override
          public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
            return field.equals("second") ? second : first;
          }
        };
  }

  /** After a sixth newcomers drift: they lie elsewhere, or crowd about one vector. */
  private FloatMatrix rows(int dim) {
    if (similarity == VectorSimilarityFunction.DOT_PRODUCT) {
      return VectorGenerators.unit(DOCUMENTS, dim, 24, seed);
    }
    FloatMatrix all = VectorGenerators.clusters(DOCUMENTS, dim, 24, 0.5, seed);
    float[] values = all.values();
    for (int row = DOCUMENTS / 6; row < DOCUMENTS; row++) {
      for (int d = 0; d < dim; d++) {
        int at = row * dim + d;
        if (similarity == VectorSimilarityFunction.EUCLIDEAN) {
          values[at] = 1.5f * values[at] + 1;
        } else if (row % 4 != 0) {
          values[at] = 0.1f * values[at] + values[d];
        }
      }
    }
    return all;
  }

  private KnnVectorsFormat format(Encoding encoding) {
    long[] budgets = {1 << 14, 1 << 16, 1 << 17, 1 << 28};
    IvfParams params =
        IvfParams.DEFAULT
            .withEncoding(encoding)
            .withThresholds(new IvfParams.Thresholds(40, 300, 2 + random.nextInt(5)))
            .withSizing(
                random.nextBoolean()
                    ? ListSizing.SQUARE_ROOT
                    : ListSizing.fixed(8 + random.nextInt(24)))
            .withMergeBudgetBytes(budgets[random.nextInt(budgets.length)]);
    return new IvfVectorsFormat(
        params,
        new Ports(
            new Trainer(random.nextInt(3) == 0),
            new LocalVectorEncoder(),
            CodebookSource.NONE,
            _ -> {}));
  }

  /**
   * Trains here, whatever it says. Calibrations are made up, another for each codebook: a rank may
   * hang on the order of a sum, which kernels are free in.
   */
  private record Trainer(boolean isRemote) implements CodebookTrainer {
    @Override
    public TrainedCodebook train(
        TrainingRequest request, FloatMatrix sample, TrainingMonitor monitor) throws IOException {
      TrainedCodebook trained = new LocalCodebookTrainer(1).train(request, sample, monitor);
      Codebook codebook = trained.codebook();
      int queries = Byte.toUnsignedInt(codebook.id().bytes()[0]);
      List<Calibration.Band> bands = Calibration.uncalibrated(codebook.nlist()).bands();
      return new TrainedCodebook(codebook, new Calibration(queries, 0, bands), trained.report());
    }
  }

  private IndexWriterConfig config() {
    IndexWriterConfig config =
        new IndexWriterConfig()
            .setCodec(codec)
            .setUseCompoundFile(false)
            .setMergePolicy(policy)
            .setMergeScheduler(new SerialMergeScheduler())
            .setRAMBufferSizeMB(1000)
            .setMaxBufferedDocs(IndexWriterConfig.DISABLE_AUTO_FLUSH);
    return sorted
        ? config.setIndexSort(new Sort(new SortField("key", SortField.Type.LONG)))
        : config;
  }

  /** Lives it, and returns what was written and told. */
  List<String> live() throws IOException {
    WrittenFiles written = new WrittenFiles();
    try (Directory files = new ByteBuffersDirectory()) {
      for (int process = 0; process < 2; process++) {
        Directory seen = written.watch(files); // another object: nothing is known of it
        try (IndexWriter writer =
            new IndexWriter(seen, config().setInfoStream(written.infoStream()))) {
          for (int step = 0; step < STEPS / 2; step++) {
            step(writer);
          }
          merge(writer, 0, Integer.MAX_VALUE);
          writer.commit();
        }
        written.add(seen);
      }
    }
    return written.lines();
  }

  private void step(IndexWriter writer) throws IOException {
    int count = FLUSHES[random.nextInt(FLUSHES.length)];
    for (int i = 0; i < count; i++) {
      writer.addDocument(document(added++));
    }
    writer.flush();
    switch (random.nextInt(8)) {
      case 0, 1 -> delete(writer, 0.05 + 0.5 * random.nextDouble());
      case 2, 3, 4 -> merge(writer, random.nextInt(2), 2 + random.nextInt(3));
      case 5 -> addForeign(writer);
      case 6 -> writer.commit();
      default -> {}
    }
  }

  private void delete(IndexWriter writer, double share) throws IOException {
    for (int row = 0; row < added; row++) {
      if (random.nextDouble() < share) {
        writer.deleteDocuments(new Term("id", Integer.toString(row)));
      }
    }
  }

  private void merge(IndexWriter writer, int from, int count) throws IOException {
    policy.from = from;
    policy.count = count;
    writer.forceMerge(1);
  }

  private void addForeign(IndexWriter writer) throws IOException {
    try (Directory other = new ByteBuffersDirectory()) {
      boolean hnsw = random.nextBoolean();
      IndexWriterConfig config =
          hnsw
              ? config().setCodec(TestUtil.alwaysKnnVectorsFormat(new Lucene99HnswVectorsFormat()))
              : config();
      try (IndexWriter otherWriter = new IndexWriter(other, config)) {
        int count = hnsw ? 50 : 350;
        for (int i = 0; i < count; i++) {
          otherWriter.addDocument(document(added++));
        }
      }
      writer.addIndexes(other);
    }
  }

  private Document document(int row) {
    Document document = new Document();
    document.add(new StringField("id", Integer.toString(row), Field.Store.NO));
    document.add(new NumericDocValuesField("key", row * 7919L % 1013));
    if (random.nextDouble() < density) {
      document.add(new KnnFloatVectorField("first", rows.row(row), similarity));
    }
    if (row % 3 == 0) {
      document.add(
          new KnnFloatVectorField("second", rows.row(row), VectorSimilarityFunction.EUCLIDEAN));
    }
    if (row % 4 == 0) {
      document.add(new KnnByteVectorField("bytes", bytes(rows.row(row)), ofBytes));
    }
    return document;
  }

  private static byte[] bytes(float[] row) {
    byte[] bytes = new byte[row.length];
    for (int d = 0; d < row.length; d++) {
      bytes[d] = (byte) Math.clamp(Math.round(20 * row[d]), Byte.MIN_VALUE, Byte.MAX_VALUE);
    }
    return bytes;
  }

  /** Merges the neighbours that it was told to, once. */
  private static final class Chosen extends FilterMergePolicy {
    private int from;
    private int count;

    Chosen() {
      super(NoMergePolicy.INSTANCE);
    }

    @Override
    public @Nullable MergeSpecification findForcedMerges(
        SegmentInfos infos,
        int maxSegments,
        Map<SegmentCommitInfo, Boolean> toMerge,
        MergeContext context) {
      int to = (int) Math.min((long) from + count, infos.size());
      count = 0;
      if (to - from < 2) {
        return null;
      }
      MergeSpecification found = new MergeSpecification();
      found.add(new OneMerge(infos.asList().subList(from, to)));
      return found;
    }

    @Override
    public @Nullable MergeSpecification findMerges(
        MergeTrigger trigger, SegmentInfos infos, MergeContext context) {
      return null;
    }
  }
}
