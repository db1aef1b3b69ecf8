// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.search;

import static io.github.luceneivf.search.RangeScenes.LISTS;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.codec.IvfVectorsFormat;
import io.github.luceneivf.codec.VectorIndexing;
import io.github.luceneivf.codec.file.LuceneMetric;
import io.github.luceneivf.hybrid.HybridHits;
import io.github.luceneivf.hybrid.HybridLeg;
import io.github.luceneivf.hybrid.HybridQuery;
import io.github.luceneivf.hybrid.HybridSearcher;
import io.github.luceneivf.testdata.Recall;
import io.github.luceneivf.testdata.VectorGenerators;
import java.util.Arrays;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.jspecify.annotations.Nullable;

/** From one hit wanted to more than there are documents, and more than there is memory for. */
public class TestAnyNumberOfHits extends LuceneTestCase {

  private static final int N = 11_000;
  private static final int QUERIES = 200;
  private static final int DIM = 24;
  private static final VectorSimilarityFunction L2 = VectorSimilarityFunction.EUCLIDEAN;

  private static FloatMatrix clusters() {
    return VectorGenerators.clusters(N + QUERIES, DIM, 90, 0.8, random().nextLong());
  }

  private static FloatMatrix base(FloatMatrix all) {
    return VectorGenerators.slice(all, 0, N);
  }

  private static Query nearest(float[] vector, int k, @Nullable Query filter) {
    return new IvfKnnFloatVectorQuery(VectorIndexing.FIELD, vector, k, filter);
  }

  public void testNoHitIsLostWhateverKIs() throws Exception {
    FloatMatrix all = clusters();
    FloatMatrix base = base(all);
    for (int segments : new int[] {1, 4}) {
      try (Directory dir = new ByteBuffersDirectory()) {
        VectorIndexing.index(dir, new IvfVectorsFormat(LISTS), base, L2, segments);
        try (DirectoryReader reader = DirectoryReader.open(dir)) {
          IndexSearcher searcher = new IndexSearcher(reader);
          Query some = new TermQuery(new Term("mod", "3"));
          for (int k : new int[] {1, 2, 9, 99, 100, 1_000, 5_000, 10_000, N, N + 1}) {
            double recall = 0;
            // Ten queries for one hit each miss two now and then, at any recall below 1.
            int queries = k < 10 ? QUERIES : 10;
            for (int q = 0; q < queries; q++) {
              float[] query = all.row(N + q);
              int wanted = Math.min(k, N);
              int[] found = VectorIndexing.search(searcher, nearest(query, k, null), k);
              assertEquals("k " + k, wanted, found.length);
              assertEquals("no hit twice", wanted, Arrays.stream(found).distinct().count());
              recall += Recall.at(wanted, base, query, found, LuceneMetric.of(L2)) / queries;
              int[] matches = VectorIndexing.search(searcher, nearest(query, k, some), k);
              assertEquals("filtered, k " + k, Math.min(k, N / 10), matches.length);
            }
            assertTrue("segments " + segments + ", k " + k + ": " + recall, recall >= 0.9);
          }
        }
      }
    }
  }

  /** Lucene's collectors would take {@code 8 × k} bytes here, more than an array can have. */
  public void testMoreThanThereIsMemoryForMeansAll() throws Exception {
    FloatMatrix all = VectorGenerators.clusters(3_000, DIM, 20, 0.8, random().nextLong());
    KnnVectorsFormat[] formats = {
      new IvfVectorsFormat(LISTS), new IvfVectorsFormat(), new Lucene99HnswVectorsFormat()
    };
    for (KnnVectorsFormat format : formats) {
      try (Directory dir = new ByteBuffersDirectory()) {
        VectorIndexing.index(dir, format, all, L2, 3);
        try (IndexWriter writer = new IndexWriter(dir, VectorIndexing.config(format))) {
          writer.deleteDocuments(new Term("mod", "9"));
        }
        try (DirectoryReader reader = DirectoryReader.open(dir)) {
          IndexSearcher searcher = new IndexSearcher(reader);
          Query some = new TermQuery(new Term("mod", "3"));
          for (int k : new int[] {1 << 29, Integer.MAX_VALUE}) {
            IvfKnnFloatVectorQuery query =
                new IvfKnnFloatVectorQuery(VectorIndexing.FIELD, all.row(5), k);
            assertEquals(2_700, searcher.count(query));
            assertEquals(2_700, query.search(searcher).topDocs().scoreDocs.length);
            assertEquals(300, searcher.count(nearest(all.row(5), k, some)));
          }
        }
      }
    }
  }

  public void testLegsAndPagesOfAHybridQueryTakeAnyWindow() throws Exception {
    FloatMatrix all = VectorGenerators.clusters(3_000, DIM, 20, 0.8, random().nextLong());
    try (Directory dir = new ByteBuffersDirectory()) {
      VectorIndexing.index(dir, new IvfVectorsFormat(LISTS), all, L2, 3);
      try (DirectoryReader reader = DirectoryReader.open(dir)) {
        HybridSearcher searcher = new HybridSearcher(new IndexSearcher(reader));
        HybridLeg vectors =
            HybridLeg.of("vectors", nearest(all.row(7), Integer.MAX_VALUE, null))
                .withWindow(Integer.MAX_VALUE);
        HybridLeg words = HybridLeg.of("words", new TermQuery(new Term("mod", "7")));
        HybridQuery query = HybridQuery.of(Integer.MAX_VALUE, vectors, words);
        HybridHits hits = searcher.search(query);
        assertEquals(3_000, hits.hits().size());
        HybridHits next = searcher.search(query.withK(10).withSearchAfter(hits.hits().get(2_980)));
        assertEquals(hits.hits().subList(2_981, 2_991), next.hits());
        HybridHits last = searcher.search(query.withFrom(2_995));
        assertEquals(hits.hits().subList(2_995, 3_000), last.hits());
      }
    }
  }
}
