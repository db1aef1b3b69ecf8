// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.search;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.codec.IvfVectorsFormat;
import io.github.luceneivf.codec.VectorIndexing;
import io.github.luceneivf.codec.config.IvfParams;
import io.github.luceneivf.codec.config.ListSizing;
import io.github.luceneivf.codec.file.LuceneMetric;
import io.github.luceneivf.testdata.Recall;
import io.github.luceneivf.testdata.VectorGenerators;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnByteVectorField;
import org.apache.lucene.document.LateInteractionField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.util.IOUtils;

/**
 * The same documents in two indexes of some segments: one of this project's format, with lists, one
 * of Lucene's HNSW. Each has a float vector, bytes, and a matrix for late interaction.
 */
final class BothFormats implements Closeable {

  static final String BYTES = "bytes";
  static final String TOKENS = "tokens";
  static final int K = 10;
  static final VectorSimilarityFunction L2 = VectorSimilarityFunction.EUCLIDEAN;

  private static final int N = 6_000;
  private static final int DIM = 32;
  private static final int QUERIES = 30;
  private static final int SEGMENTS = 3;

  private final FloatMatrix base;
  private final FloatMatrix queries;
  private final List<Closeable> opened = new ArrayList<>();

  /** A reader of our format. */
  final DirectoryReader lists;

  /** A reader of Lucene's. */
  final DirectoryReader graph;

  BothFormats(long seed) throws IOException {
    FloatMatrix all = VectorGenerators.clusters(N + QUERIES, DIM, 60, 0.6, seed);
    this.base = VectorGenerators.slice(all, 0, N);
    this.queries = VectorGenerators.slice(all, N, N + QUERIES);
    IvfParams params =
        IvfParams.DEFAULT
            .withThresholds(new IvfParams.Thresholds(0, 1_000, 2))
            .withSizing(ListSizing.fixed(32));
    this.lists = open(new IvfVectorsFormat(params));
    this.graph = open(new Lucene99HnswVectorsFormat());
  }

  private DirectoryReader open(KnnVectorsFormat format) throws IOException {
    Directory directory = new ByteBuffersDirectory();
    opened.addFirst(directory);
    try (IndexWriter writer = new IndexWriter(directory, VectorIndexing.config(format))) {
      for (int row = 0; row < N; row++) {
        Document document = VectorIndexing.document(base, row, L2);
        document.add(new KnnByteVectorField(BYTES, bytes(base.row(row)), L2));
        document.add(new LateInteractionField(TOKENS, tokens(base.row(row))));
        writer.addDocument(document);
        if (row % (N / SEGMENTS) == N / SEGMENTS - 1) {
          writer.flush();
        }
      }
    }
    DirectoryReader reader = DirectoryReader.open(directory);
    opened.addFirst(reader);
    return reader;
  }

  /** Returns the vectors, those of row i in document {@code row} = i. */
  FloatMatrix base() {
    return base;
  }

  int queries() {
    return QUERIES;
  }

  float[] query(int q) {
    return queries.row(q);
  }

  /** Returns a vector as bytes. */
  static byte[] bytes(float[] vector) {
    byte[] bytes = new byte[vector.length];
    for (int d = 0; d < bytes.length; d++) {
      bytes[d] = (byte) Math.clamp(Math.round(vector[d] * 30), -128, 127);
    }
    return bytes;
  }

  /** Returns a vector as one of some short vectors each. */
  static float[][] tokens(float[] vector) {
    float[][] tokens = new float[4][];
    for (int i = 0; i < tokens.length; i++) {
      int width = vector.length / tokens.length;
      tokens[i] = Arrays.copyOfRange(vector, i * width, (i + 1) * width);
    }
    return tokens;
  }

  /** Makes a query for one of the vectors to search for. */
  interface Ask {
    Query of(float[] target);
  }

  /** Returns the mean recall@10 of float vectors; every search has to find 10 hits. */
  double recall(IndexSearcher searcher, Ask ask) throws IOException {
    double sum = 0;
    for (int q = 0; q < QUERIES; q++) {
      int[] rows = VectorIndexing.search(searcher, ask.of(query(q)), K);
      if (Arrays.stream(rows).distinct().count() != K) {
        throw new AssertionError("hits must be 10, got: " + Arrays.toString(rows));
      }
      sum += Recall.at(K, base, query(q), rows, LuceneMetric.of(L2));
    }
    return sum / QUERIES;
  }

  @Override
  public void close() throws IOException {
    IOUtils.close(opened);
  }
}
