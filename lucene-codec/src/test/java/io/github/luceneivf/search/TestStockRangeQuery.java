// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.search;

import static io.github.luceneivf.search.RangeScenes.LISTS;
import static io.github.luceneivf.search.RangeScenes.N;
import static io.github.luceneivf.search.RangeScenes.QUERIES;
import static io.github.luceneivf.search.RangeScenes.base;
import static io.github.luceneivf.search.RangeScenes.clusters;
import static io.github.luceneivf.search.RangeScenes.queries;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.codec.IvfVectorsFormat;
import io.github.luceneivf.codec.StockRangeQuery;
import io.github.luceneivf.codec.VectorIndexing;
import io.github.luceneivf.codec.config.IvfParams;
import java.util.Arrays;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.jspecify.annotations.Nullable;

/**
 * Lucene's query for a range of scores on posting lists. Its collector says nothing of its
 * threshold, and has a {@code k} of 1 as one of the nearest vector has.
 */
public class TestStockRangeQuery extends LuceneTestCase {

  private static final VectorSimilarityFunction L2 = VectorSimilarityFunction.EUCLIDEAN;

  private static Query range(float[] vector, float minScore, float decay, @Nullable Query filter) {
    return StockRangeQuery.of(VectorIndexing.FIELD, vector, minScore, decay, filter);
  }

  public void testFindsNearlyAllOfAnyNumberOfMatches() throws Exception {
    FloatMatrix all = clusters();
    VectorSimilarityFunction[] functions = {
      L2, VectorSimilarityFunction.COSINE, VectorSimilarityFunction.MAXIMUM_INNER_PRODUCT
    };
    for (VectorSimilarityFunction f : functions) {
      for (int segments : new int[] {1, 4}) {
        try (Directory dir = new ByteBuffersDirectory()) {
          VectorIndexing.index(dir, new IvfVectorsFormat(LISTS), base(all), f, segments);
          try (DirectoryReader reader = DirectoryReader.open(dir)) {
            RangeScenes scenes =
                new RangeScenes(new IndexSearcher(reader), base(all), queries(all), f, _ -> true);
            for (int matches : new int[] {3, 10, 100, 1_000, N / 2}) {
              for (float decay : new float[] {0, 0.5f, 0.95f}) {
                scenes
                    .find(matches, (vector, least) -> range(vector, least, decay, null))
                    .check(
                        f + ", segments " + segments + ", matches " + matches + ", decay " + decay);
              }
            }
          }
        }
      }
    }
  }

  public void testOneListWithoutOthers() throws Exception {
    FloatMatrix all = clusters();
    IvfParams oneList = LISTS.withThresholds(new IvfParams.Thresholds(0, 1 << 20, 2));
    try (Directory dir = new ByteBuffersDirectory()) {
      VectorIndexing.index(dir, new IvfVectorsFormat(oneList), base(all), L2, 3);
      try (DirectoryReader reader = DirectoryReader.open(dir)) {
        RangeScenes scenes =
            new RangeScenes(new IndexSearcher(reader), base(all), queries(all), L2, _ -> true);
        for (int matches : new int[] {10, 1_000}) {
          scenes
              .find(matches, (vector, least) -> range(vector, least, 0.5f, null))
              .check("one list, matches " + matches);
        }
      }
    }
  }

  public void testFiltersAndDeletes() throws Exception {
    FloatMatrix all = clusters();
    try (Directory dir = new ByteBuffersDirectory()) {
      VectorIndexing.index(dir, new IvfVectorsFormat(LISTS), base(all), L2, 1);
      try (IndexWriter writer =
          new IndexWriter(dir, VectorIndexing.config(new IvfVectorsFormat(LISTS)))) {
        writer.deleteDocuments(new Term("mod", "3"));
      }
      try (DirectoryReader reader = DirectoryReader.open(dir)) {
        IndexSearcher searcher = new IndexSearcher(reader);
        RangeScenes live =
            new RangeScenes(searcher, base(all), queries(all), L2, row -> row % 10 != 3);
        RangeScenes filtered =
            new RangeScenes(searcher, base(all), queries(all), L2, row -> row % 10 == 4);
        Query four = new TermQuery(new Term("mod", "4"));
        for (int matches : new int[] {10, 500}) {
          live.find(matches, (vector, least) -> range(vector, least, 0.5f, null))
              .check("deletes, matches " + matches);
          filtered
              .find(matches, (vector, least) -> range(vector, least, 0.5f, four))
              .check("filter, matches " + matches);
        }
      }
    }
  }

  public void testThresholdsBeyondEveryScoreOfTheIndex() throws Exception {
    FloatMatrix all = clusters();
    try (Directory dir = new ByteBuffersDirectory()) {
      VectorIndexing.index(dir, new IvfVectorsFormat(LISTS), base(all), L2, 2);
      try (DirectoryReader reader = DirectoryReader.open(dir)) {
        IndexSearcher searcher = new IndexSearcher(reader);
        float[] query = queries(all).row(0);
        assertEquals(0, searcher.count(range(query, 2, 0.5f, null)));
        // Where the threshold is, the reader learns from vectors that the collector refuses.
        assertTrue(searcher.count(range(query, 0, 0.5f, null)) >= 0.99 * N);
        assertTrue(searcher.count(range(query, Float.NEGATIVE_INFINITY, 0.5f, null)) >= 0.99 * N);
      }
    }
  }

  /** A timeout decorates the collector, so that it has to be asked what it wants. */
  public void testTheNearestOneIsStillFoundThroughDecoratedCollectors() throws Exception {
    FloatMatrix all = clusters();
    try (Directory dir = new ByteBuffersDirectory()) {
      VectorIndexing.index(dir, new IvfVectorsFormat(LISTS), base(all), L2, 3);
      try (DirectoryReader reader = DirectoryReader.open(dir)) {
        IndexSearcher plain = new IndexSearcher(reader);
        IndexSearcher limited = new IndexSearcher(reader);
        limited.setTimeout(() -> false);
        for (int q = 0; q < QUERIES; q++) {
          float[] query = queries(all).row(q);
          for (Query nearest :
              new Query[] {
                new KnnFloatVectorQuery(VectorIndexing.FIELD, query, 1),
                new IvfKnnFloatVectorQuery(VectorIndexing.FIELD, query, 1)
              }) {
            int[] expected = VectorIndexing.search(plain, nearest, 5);
            assertEquals(1, expected.length);
            assertTrue(Arrays.equals(expected, VectorIndexing.search(limited, nearest, 5)));
          }
          // The documents that a collector is asked with are the first ones.
          float[] first = base(all).row(0);
          assertArrayEquals(
              new int[] {0},
              VectorIndexing.search(
                  limited, new KnnFloatVectorQuery(VectorIndexing.FIELD, first, 1), 5));
        }
      }
    }
  }
}
