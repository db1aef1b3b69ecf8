// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.testdata.VectorGenerators;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnByteVectorField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.VectorSimilarityFunction;

/**
 * Vectors of bytes for tests: row i is the document whose doc value {@code row} is i, as in {@link
 * VectorIndexing}.
 *
 * @param rows [n] vectors
 */
public record ByteRows(byte[][] rows) {

  /** Clusters of vectors whose lengths differ by up to four. */
  public static ByteRows clusters(int n, int dim, int clusters, long seed) {
    FloatMatrix floats = VectorGenerators.clusters(n, dim, clusters, 0.6, seed);
    Random random = new Random(seed);
    byte[][] rows = new byte[n][dim];
    for (int row = 0; row < n; row++) {
      double factor = 12 * Math.pow(4, random.nextDouble());
      for (int d = 0; d < dim; d++) {
        long value = Math.round(factor * floats.values()[row * dim + d]);
        rows[row][d] = (byte) Math.clamp(value, Byte.MIN_VALUE, Byte.MAX_VALUE);
      }
    }
    return new ByteRows(rows);
  }

  public byte[] row(int row) {
    return rows[row];
  }

  /** Row as floats. */
  public float[] floats(int row) {
    float[] floats = new float[rows[row].length];
    for (int d = 0; d < floats.length; d++) {
      floats[d] = rows[row][d];
    }
    return floats;
  }

  public Document document(int row, VectorSimilarityFunction similarity) {
    Document document = new Document();
    document.add(new NumericDocValuesField("row", row));
    document.add(new StringField("id", Integer.toString(row), Field.Store.NO));
    document.add(new StringField("mod", Integer.toString(row % 10), Field.Store.NO));
    document.add(new KnnByteVectorField(VectorIndexing.FIELD, rows[row], similarity));
    return document;
  }

  /** Adds rows [from, to). */
  public void add(IndexWriter writer, int from, int to, VectorSimilarityFunction similarity)
      throws IOException {
    for (int row = from; row < to; row++) {
      writer.addDocument(document(row, similarity));
    }
  }

  /**
   * Returns the recall of one query by Lucene's scores of bytes: hits that score no less than the
   * k-th of the accepted rows below {@code n}.
   */
  public double recall(
      int k, int n, int query, int[] found, VectorSimilarityFunction f, IntPredicate accepted) {
    double[] scores =
        IntStream.range(0, n)
            .filter(accepted)
            .mapToDouble(row -> -f.compare(rows[row], rows[query]))
            .sorted()
            .limit(k)
            .toArray();
    double least = -scores[scores.length - 1];
    long good =
        Arrays.stream(found)
            .distinct()
            .filter(row -> f.compare(rows[row], rows[query]) >= least)
            .count();
    return (double) good / scores.length;
  }
}
