// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.benchmarks.data.DataSet;
import io.github.luceneivf.client.FallbackTrainer;
import io.github.luceneivf.client.RemoteCodebookTrainer;
import io.github.luceneivf.client.RemoteConfig;
import io.github.luceneivf.client.SidecarConnection;
import io.github.luceneivf.client.SidecarCounters;
import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.clustering.VectorSpace;
import io.github.luceneivf.codebook.LocalCodebookTrainer;
import io.github.luceneivf.codebook.QuerySample;
import io.github.luceneivf.codec.IvfVectorsFormat;
import io.github.luceneivf.codec.config.IvfParams;
import io.github.luceneivf.codec.config.Ports;
import io.github.luceneivf.it.data.DataFolder;
import io.github.luceneivf.search.IvfKnnFloatVectorQuery;
import io.github.luceneivf.server.SidecarServer;
import io.github.luceneivf.server.config.ServerConfig;
import io.github.luceneivf.testdata.Recall;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.MultiDocValues;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.util.IOFunction;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Queries that are shifted away from the documents, as those of another model or modality are:
 * sentences at 64 dimensions, normalised, and a fixed direction added to each query. A sample of
 * such queries makes the default setting find them; others are asked than the sample has.
 */
class QuerySampleIT {

  private static final int DIM = 64;
  private static final int DOCUMENTS = 14_000;
  private static final int ASKED = 500;
  private static final int GIVEN = 500;
  private static final int K = 10;
  private static final VectorSpace UNIT = new VectorSpace(Metric.COSINE, 0);

  private static FloatMatrix documents;
  private static FloatMatrix others;

  @TempDir Path temp;

  @BeforeAll
  static void read() throws IOException {
    DataSet data = DataFolder.open("wordnet-minilm");
    // Spread over all rows, which lie in alphabetical order; definitions and examples by turns.
    documents = narrow(DOCUMENTS, i -> data.base().row((int) (i * 7919L % data.base().size())));
    int half = data.queries().rows() / 2;
    others = narrow(GIVEN + ASKED, i -> data.queries().row(i / 2 + i % 2 * half));
  }

  /** The first dimensions of rows, at unit length. */
  private static FloatMatrix narrow(int rows, IOFunction<Integer, float[]> whole)
      throws IOException {
    float[] values = new float[rows * DIM];
    for (int row = 0; row < rows; row++) {
      System.arraycopy(whole.apply(row), 0, values, row * DIM, DIM);
    }
    UNIT.map(values, 0, rows, DIM);
    return new FloatMatrix(values, rows, DIM);
  }

  private static FloatMatrix part(float[] values, int from, int to) {
    float[] part = new float[(to - from) * DIM];
    System.arraycopy(values, from * DIM, part, 0, part.length);
    return new FloatMatrix(part, to - from, DIM);
  }

  /** Rows of others plus gap times a fixed direction of unit length. */
  private static FloatMatrix shifted(int from, int to, float gap) {
    Random random = new Random(42);
    float[] direction = new float[DIM];
    for (int d = 0; d < DIM; d++) {
      direction[d] = (float) random.nextGaussian();
    }
    UNIT.map(direction, 0, 1, DIM);
    FloatMatrix rows = part(others.values(), from, to);
    for (int i = 0; i < rows.values().length; i++) {
      rows.values()[i] += gap * direction[i % DIM];
    }
    return rows;
  }

  @ParameterizedTest
  @EnumSource(Metric.class)
  void shiftedQueriesAreFoundInThisProcess(Metric metric) throws IOException {
    for (float gap : new float[] {1, 2}) {
      double without =
          recall(temp.resolve("without" + gap), IvfParams.DEFAULT, Ports.LOCAL, gap, metric);
      double with = recall(temp.resolve("with" + gap), params(gap), Ports.LOCAL, gap, metric);
      System.out.printf(
          "%s, gap %.0f: %.4f without a sample, %.4f with one%n", metric, gap, without, with);
      assertTrue(with >= 0.95, "gap " + gap + ": " + with);
      assertTrue(without >= 0.9, "gap " + gap + " without a sample: " + without);
    }
  }

  @Test
  void shiftedQueriesAreFoundThroughASidecar() throws IOException {
    SidecarCounters counters = new SidecarCounters();
    try (SidecarServer server = SidecarServer.start(ServerConfig.local(temp.resolve("sidecar")));
        SidecarConnection connection =
            SidecarConnection.open(RemoteConfig.of("127.0.0.1", server.port()))) {
      Ports ports =
          Ports.LOCAL.withTrainer(
              new FallbackTrainer(
                  new RemoteCodebookTrainer(connection), new LocalCodebookTrainer(), counters));
      for (float gap : new float[] {1, 2}) {
        double with = recall(temp.resolve("remote" + gap), params(gap), ports, gap, Metric.COSINE);
        System.out.printf("gap %.0f: %.4f with a sample, through a sidecar%n", gap, with);
        assertTrue(with >= 0.95, "gap " + gap + ": " + with);
      }
      assertEquals(0, counters.fallbacks());
    }
  }

  private static IvfParams params(float gap) throws IOException {
    IvfParams params = IvfParams.DEFAULT.withQuerySample(shifted(0, GIVEN, gap).asSource());
    assertEquals(QuerySample.of(shifted(0, GIVEN, gap)), params.querySample());
    return params;
  }

  /** Indexes in ten flushes, merges to one segment, and asks at defaults. */
  private static double recall(Path folder, IvfParams params, Ports ports, float gap, Metric metric)
      throws IOException {
    try (Directory directory = FSDirectory.open(folder)) {
      IndexWriterConfig config =
          new IndexWriterConfig().setCodec(VectorIndex.codec(new IvfVectorsFormat(params, ports)));
      try (IndexWriter writer = new IndexWriter(directory, config)) {
        for (int row = 0; row < DOCUMENTS; row++) {
          Document document = new Document();
          document.add(new NumericDocValuesField("row", row));
          document.add(
              new KnnFloatVectorField("v", documents.row(row), VectorIndex.similarity(metric)));
          writer.addDocument(document);
          if (row % (DOCUMENTS / 10) == 0) {
            writer.flush();
          }
        }
        writer.forceMerge(1);
      }
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        return recall(reader, shifted(GIVEN, GIVEN + ASKED, gap), metric);
      }
    }
  }

  private static double recall(DirectoryReader reader, FloatMatrix queries, Metric metric)
      throws IOException {
    IndexSearcher searcher = new IndexSearcher(reader);
    int[] rows = new int[reader.maxDoc()];
    NumericDocValues values = MultiDocValues.getNumericValues(reader, "row");
    while (values.nextDoc() != NumericDocValues.NO_MORE_DOCS) {
      rows[values.docID()] = (int) values.longValue();
    }
    List<int[]> found = new ArrayList<>();
    for (int query = 0; query < queries.rows(); query++) {
      ScoreDoc[] hits =
          searcher.search(new IvfKnnFloatVectorQuery("v", queries.row(query), K), K).scoreDocs;
      int[] ids = new int[hits.length];
      for (int i = 0; i < hits.length; i++) {
        ids[i] = rows[hits[i].doc];
      }
      found.add(ids);
    }
    return Recall.at(K, documents, queries, found.toArray(new int[0][]), metric);
  }
}
