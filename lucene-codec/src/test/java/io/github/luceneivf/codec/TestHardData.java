// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.codec.config.IvfParams;
import io.github.luceneivf.codec.config.Ports;
import io.github.luceneivf.codec.file.FieldMeta;
import io.github.luceneivf.codec.file.LuceneMetric;
import io.github.luceneivf.codec.read.IvfVectorsReader;
import io.github.luceneivf.codec.telemetry.IndexEvent;
import io.github.luceneivf.testdata.Recall;
import io.github.luceneivf.testdata.VectorGenerators;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.TopKnnCollector;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.util.LuceneTestCase;

/**
 * Data that training gets wrong, at default settings: recall is kept, whatever it costs in speed,
 * and no list is over the cap.
 */
public class TestHardData extends LuceneTestCase {

  private static final int N = 10_000;
  private static final int DIM = 64;
  private static final int QUERIES = 60;
  private static final int K = 10;
  private static final VectorSimilarityFunction F = VectorSimilarityFunction.EUCLIDEAN;

  /** Returns the list sizes after checking recall at the defaults. */
  private static int[] check(FloatMatrix all) throws Exception {
    FloatMatrix base = VectorGenerators.slice(all, 0, N);
    List<IndexEvent> events = new ArrayList<>();
    IvfVectorsFormat format =
        new IvfVectorsFormat(IvfParams.DEFAULT, Ports.LOCAL.withListener(events::add));
    try (Directory directory = new ByteBuffersDirectory()) {
      VectorIndexing.index(directory, format, base, F, 1);
      assertEquals(IndexEvent.Action.TRAIN, events.getFirst().action());
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        IndexSearcher searcher = new IndexSearcher(reader);
        LeafReader leaf = VectorIndexing.onlyLeaf(reader);
        double recall = 0;
        long visited = 0;
        for (int q = 0; q < QUERIES; q++) {
          float[] query = all.row(N + q);
          int[] found =
              VectorIndexing.search(
                  searcher, new KnnFloatVectorQuery(VectorIndexing.FIELD, query, K), K);
          recall += Recall.at(K, base, query, found, LuceneMetric.of(F)) / QUERIES;
          TopKnnCollector collector = new TopKnnCollector(K, Integer.MAX_VALUE);
          leaf.searchNearestVectors(
              VectorIndexing.FIELD, query, collector, AcceptDocs.fromLiveDocs(null, N));
          visited += collector.visitedCount();
        }
        String figures =
            "recall@10 "
                + recall
                + ", scanned "
                + (double) visited / QUERIES / N
                + " of the vectors";
        assertTrue(figures, recall >= 0.95);
        FieldMeta meta =
            ((IvfVectorsReader) VectorIndexing.vectorsReader(leaf))
                .meta(VectorIndexing.FIELD)
                .orElseThrow();
        return meta.lists().orElseThrow().sizes();
      }
    }
  }

  /** The cap holds on the training assignment; held-out vectors and copies of one come on top. */
  private static void assertBalanced(int[] sizes) {
    int max = Arrays.stream(sizes).max().orElseThrow();
    assertTrue("largest list " + max + " of " + sizes.length, max <= 4.4 * N / sizes.length);
  }

  public void testImbalancedBall() throws Exception {
    assertBalanced(check(VectorGenerators.imbalanced(N + QUERIES, DIM, random().nextLong())));
  }

  public void testElongatedManifolds() throws Exception {
    assertBalanced(check(VectorGenerators.manifolds(N + QUERIES, DIM, random().nextLong())));
  }

  public void testPowerLawClusters() throws Exception {
    assertBalanced(check(VectorGenerators.powerLaw(N + QUERIES, DIM, 100, random().nextLong())));
  }

  public void testTightClustersFarApart() throws Exception {
    check(VectorGenerators.farClusters(N + QUERIES, DIM, 40, random().nextLong()));
  }

  public void testManyDuplicates() throws Exception {
    check(VectorGenerators.duplicates(N + QUERIES, DIM, 20, 0.5, random().nextLong()));
  }
}
