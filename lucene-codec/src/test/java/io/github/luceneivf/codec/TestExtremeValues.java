// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.codec.config.IvfParams;
import io.github.luceneivf.codec.config.ListSizing;
import io.github.luceneivf.codec.file.LuceneMetric;
import io.github.luceneivf.quantization.Encoding;
import io.github.luceneivf.testdata.Recall;
import io.github.luceneivf.testdata.VectorGenerators;
import java.io.IOException;
import java.util.Arrays;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.util.LuceneTestCase;

/** Very large, very small, equal and zero vectors, and the least and most dimensions. */
public class TestExtremeValues extends LuceneTestCase {

  private static final int N = 1_500;
  private static final int K = 10;

  private static IvfVectorsFormat format() {
    return new IvfVectorsFormat(
        IvfParams.DEFAULT
            .withEncoding(Encoding.all().get(random().nextInt(Encoding.all().size())))
            .withThresholds(new IvfParams.Thresholds(0, 500, 1))
            .withSizing(ListSizing.fixed(16)));
  }

  /** Recall@10 of stored vectors as queries, before and after a merge; all scores are finite. */
  private static double recall(FloatMatrix rows, VectorSimilarityFunction f) throws IOException {
    IvfVectorsFormat format = format();
    double least = 1;
    try (Directory directory = new ByteBuffersDirectory()) {
      VectorIndexing.index(directory, format, rows, f, 2);
      for (int round = 0; round < 2; round++) {
        double sum = 0;
        try (DirectoryReader reader = DirectoryReader.open(directory)) {
          IndexSearcher searcher = new IndexSearcher(reader);
          for (int q = 0; q < 20; q++) {
            float[] query = rows.row(q * 37);
            KnnFloatVectorQuery knn = new KnnFloatVectorQuery(VectorIndexing.FIELD, query, K);
            for (ScoreDoc hit : searcher.search(knn, K).scoreDocs) {
              assertTrue("score " + hit.score, Float.isFinite(hit.score));
            }
            int[] found = VectorIndexing.search(searcher, knn, K);
            assertEquals(K, found.length);
            assertEquals(K, Arrays.stream(found).distinct().count());
            sum += Recall.at(K, rows, query, found, LuceneMetric.of(f)) / 20;
          }
        }
        least = Math.min(least, sum);
        VectorIndexing.forceMerge(directory, format);
      }
    }
    return least;
  }

  public void testScalesThatSquareToInfinityOrZero() throws Exception {
    FloatMatrix rows = VectorGenerators.clusters(N, 24, 30, 0.4, random().nextLong());
    for (float scale : new float[] {1e-2f, 1e6f, 1e15f}) {
      double recall =
          recall(VectorGenerators.scaled(rows, scale), VectorSimilarityFunction.EUCLIDEAN);
      assertTrue("scale " + scale + ": " + recall, recall >= 0.9);
    }
    // Lucene's scores 1 / (1 + d²) are all 1 here: what counts is that k hits come back
    for (float scale : new float[] {1e-15f, 1e-38f}) {
      recall(VectorGenerators.scaled(rows, scale), VectorSimilarityFunction.EUCLIDEAN);
    }
    double cosine = recall(VectorGenerators.scaled(rows, 1e15f), VectorSimilarityFunction.COSINE);
    assertTrue("cosine: " + cosine, cosine >= 0.9);
  }

  public void testAllVectorsEqual() throws Exception {
    float[] values = new float[N * 5];
    Arrays.fill(values, 0.25f);
    for (VectorSimilarityFunction f :
        new VectorSimilarityFunction[] {
          VectorSimilarityFunction.EUCLIDEAN, VectorSimilarityFunction.MAXIMUM_INNER_PRODUCT
        }) {
      assertEquals(1, recall(new FloatMatrix(values, N, 5), f), 0);
    }
  }

  public void testZeroVectorsWhereUnitVectorsBelong() throws Exception {
    float[] values = VectorGenerators.clusters(N, 8, 10, 0.4, 5).values().clone();
    Arrays.fill(values, 0, 200 * 8, 0);
    IvfVectorsFormat format = format();
    try (Directory directory = new ByteBuffersDirectory()) {
      VectorIndexing.index(
          directory,
          format,
          new FloatMatrix(values, N, 8),
          VectorSimilarityFunction.DOT_PRODUCT,
          1);
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        int[] found =
            VectorIndexing.search(
                new IndexSearcher(reader),
                new KnnFloatVectorQuery(
                    VectorIndexing.FIELD, new float[] {1, 0, 0, 0, 0, 0, 0, 0}, K),
                K);
        assertEquals(K, found.length);
      }
    }
  }

  public void testLeastAndMostDimensions() throws Exception {
    double one = recall(VectorGenerators.uniform(N, 1, 3), VectorSimilarityFunction.EUCLIDEAN);
    assertTrue("1 dimension: " + one, one >= 0.9);
    FloatMatrix wide =
        VectorGenerators.clusters(N / 2, IvfVectorsFormat.MAX_DIMENSIONS, 10, 0.4, 3);
    double most = recall(wide, VectorSimilarityFunction.EUCLIDEAN);
    assertTrue("4096 dimensions: " + most, most >= 0.9);
  }
}
