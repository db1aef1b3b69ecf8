// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.search;

import static io.github.luceneivf.search.RangeScenes.DIM;
import static io.github.luceneivf.search.RangeScenes.LISTS;
import static io.github.luceneivf.search.RangeScenes.N;
import static io.github.luceneivf.search.RangeScenes.base;
import static io.github.luceneivf.search.RangeScenes.clusters;
import static io.github.luceneivf.search.RangeScenes.queries;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.codec.IvfVectorsFormat;
import io.github.luceneivf.codec.VectorIndexing;
import io.github.luceneivf.codec.config.IvfParams;
import io.github.luceneivf.codec.config.ListSizing;
import io.github.luceneivf.probe.ProbeReport;
import io.github.luceneivf.quantization.Encoding;
import io.github.luceneivf.search.RangeScenes.Found;
import io.github.luceneivf.testdata.VectorGenerators;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.Explanation;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.MatchNoDocsQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermInSetQuery;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.search.QueryUtils;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;

/** What the query finds of a range of scores, and how little it looks at. */
public class TestIvfVectorSimilarityQuery extends LuceneTestCase {

  private static final VectorSimilarityFunction L2 = VectorSimilarityFunction.EUCLIDEAN;

  private static RangeScenes scenes(
      DirectoryReader reader, FloatMatrix all, VectorSimilarityFunction function) {
    return new RangeScenes(new IndexSearcher(reader), base(all), queries(all), function, _ -> true);
  }

  private static IvfVectorSimilarityQuery range(
      float[] vector, float minScore, @Nullable Query filter) {
    return new IvfVectorSimilarityQuery(VectorIndexing.FIELD, vector, minScore, filter);
  }

  private static Query range(float[] vector, float minScore) {
    return range(vector, minScore, null);
  }

  public void testFindsNearlyAllOfAnyNumberOfMatchesInAnyNumberOfSegments() throws Exception {
    FloatMatrix all = clusters();
    VectorSimilarityFunction[] functions = {
      L2, VectorSimilarityFunction.COSINE, VectorSimilarityFunction.MAXIMUM_INNER_PRODUCT
    };
    for (VectorSimilarityFunction f : functions) {
      for (int segments : new int[] {1, 5}) {
        try (Directory dir = new ByteBuffersDirectory()) {
          VectorIndexing.index(dir, new IvfVectorsFormat(LISTS), base(all), f, segments);
          try (DirectoryReader reader = DirectoryReader.open(dir)) {
            for (int matches : new int[] {3, 10, 100, 1_000, N / 2}) {
              String what = f + ", segments " + segments + ", matches " + matches;
              scenes(reader, all, f).find(matches, TestIvfVectorSimilarityQuery::range).check(what);
            }
          }
        }
      }
    }
  }

  public void testDotProductsOfUnitVectors() throws Exception {
    VectorSimilarityFunction f = VectorSimilarityFunction.DOT_PRODUCT;
    FloatMatrix all = RangeScenes.unit();
    try (Directory dir = new ByteBuffersDirectory()) {
      VectorIndexing.index(dir, new IvfVectorsFormat(LISTS), base(all), f, 2);
      try (DirectoryReader reader = DirectoryReader.open(dir)) {
        RangeScenes scenes = scenes(reader, all, f);
        scenes.find(100, TestIvfVectorSimilarityQuery::range).check("100 matches");
        FloatMatrix longer = VectorGenerators.scaled(queries(all), 3);
        RangeScenes byLonger = new RangeScenes(scenes.searcher(), base(all), longer, f, _ -> true);
        byLonger
            .find(100, TestIvfVectorSimilarityQuery::range)
            .check("100 matches, queries of length 3");
      }
    }
  }

  public void testEveryEncoding() throws Exception {
    FloatMatrix all = clusters();
    for (Encoding encoding : Encoding.all()) {
      try (Directory dir = new ByteBuffersDirectory()) {
        VectorIndexing.index(
            dir, new IvfVectorsFormat(LISTS.withEncoding(encoding)), base(all), L2, 2);
        try (DirectoryReader reader = DirectoryReader.open(dir)) {
          RangeScenes scenes = scenes(reader, all, L2);
          for (int matches : new int[] {10, 300}) {
            scenes
                .find(matches, TestIvfVectorSimilarityQuery::range)
                .check(encoding.displayName() + ", matches " + matches);
          }
        }
      }
    }
  }

  public void testWorkFollowsTheMatches() throws Exception {
    FloatMatrix all = clusters();
    try (Directory dir = new ByteBuffersDirectory()) {
      VectorIndexing.index(dir, new IvfVectorsFormat(LISTS), base(all), L2, 1);
      try (DirectoryReader reader = DirectoryReader.open(dir)) {
        IndexSearcher searcher = new IndexSearcher(reader);
        RangeScenes scenes = scenes(reader, all, L2);
        float[] query = queries(all).row(0);
        float[] scores = scenes.scores(query);
        NearestHits tooMuch = range(query, 1.5f, null).search(searcher);
        assertEquals(0, tooMuch.topDocs().scoreDocs.length);
        assertEquals(ProbeReport.NOTHING, tooMuch.report());

        NearestHits none = range(query, Math.nextUp(scores[N - 1]), null).search(searcher);
        assertEquals(0, none.topDocs().scoreDocs.length);
        assertTrue("" + none.report(), none.report().vectorsScanned() < N / 2);
        assertTrue("" + none.report(), none.report().vectorsScored() < N / 20);

        NearestHits ten = range(query, scores[N - 10], null).search(searcher);
        assertTrue("" + ten.report(), ten.report().vectorsScored() < N / 10);
        for (float least : new float[] {scores[0], 0, Float.NEGATIVE_INFINITY}) {
          NearestHits every = range(query, least, null).search(searcher);
          assertEquals(N, every.topDocs().scoreDocs.length);
          assertTrue("" + every.report(), every.report().vectorsScored() <= N + 200);
        }
        NearestHits best = range(query, scores[N - 50], null).search(searcher);
        ScoreDoc[] hits = best.topDocs().scoreDocs;
        for (int i = 1; i < hits.length; i++) {
          assertTrue("best first", hits[i - 1].score >= hits[i].score);
        }
      }
    }
  }

  public void testFiltersAndDeletes() throws Exception {
    FloatMatrix all = clusters();
    try (Directory dir = newDirectory()) {
      VectorIndexing.index(
          dir, VectorIndexing.config(new IvfVectorsFormat(LISTS)), base(all), L2, 4, _ -> {});
      try (IndexWriter writer =
          new IndexWriter(dir, VectorIndexing.config(new IvfVectorsFormat(LISTS)))) {
        writer.deleteDocuments(new Term("mod", "3"), new Term("mod", "4"));
      }
      try (DirectoryReader reader = DirectoryReader.open(dir)) {
        IndexSearcher searcher = new IndexSearcher(reader);
        RangeScenes live =
            new RangeScenes(
                searcher, base(all), queries(all), L2, row -> row % 10 != 3 && row % 10 != 4);
        for (int matches : new int[] {10, 500}) {
          live.find(matches, TestIvfVectorSimilarityQuery::range)
              .check("deletes, matches " + matches);
        }
        Query half =
            new BooleanQuery.Builder()
                .add(new TermQuery(new Term("mod", "0")), BooleanClause.Occur.SHOULD)
                .add(new TermQuery(new Term("mod", "5")), BooleanClause.Occur.SHOULD)
                .add(new TermQuery(new Term("mod", "6")), BooleanClause.Occur.SHOULD)
                .add(new TermQuery(new Term("mod", "3")), BooleanClause.Occur.SHOULD)
                .build();
        RangeScenes filtered =
            new RangeScenes(
                searcher,
                base(all),
                queries(all),
                L2,
                row -> row % 10 == 0 || row % 10 == 5 || row % 10 == 6);
        for (int matches : new int[] {3, 100, 2_000}) {
          filtered
              .find(matches, (vector, least) -> range(vector, least, half))
              .check("filter, matches " + matches);
        }
        float[] query = queries(all).row(0);
        Query one = new TermQuery(new Term("id", "4711"));
        assertEquals(1, searcher.count(range(query, 0, one)));
        Query deleted = new TermQuery(new Term("id", "4713"));
        assertEquals(0, searcher.count(range(query, 0, deleted)));
        assertEquals(0, searcher.count(range(query, 0, new MatchNoDocsQuery())));
        assertEquals(N * 8 / 10, searcher.count(range(query, Float.NEGATIVE_INFINITY)));
      }
    }
  }

  /** The filter accepts what is far: the ball about the query has to be followed to its rim. */
  public void testFilterThatAvoidsTheNeighbourhood() throws Exception {
    FloatMatrix all = clusters();
    float[] query = queries(all).row(0);
    float[] scores = new float[N];
    for (int row = 0; row < N; row++) {
      scores[row] = L2.compare(query, base(all).row(row));
    }
    float[] sorted = scores.clone();
    Arrays.sort(sorted);
    float nearest = sorted[N - 1_000];
    Set<BytesRef> far = new HashSet<>();
    for (int row = 0; row < N; row++) {
      if (scores[row] < nearest) {
        far.add(new BytesRef(Integer.toString(row)));
      }
    }
    Query filter = new TermInSetQuery("id", far);
    try (Directory dir = new ByteBuffersDirectory()) {
      VectorIndexing.index(dir, new IvfVectorsFormat(LISTS), base(all), L2, 2);
      try (DirectoryReader reader = DirectoryReader.open(dir)) {
        FloatMatrix asked = VectorGenerators.slice(all, N, N + 1);
        RangeScenes scenes =
            new RangeScenes(
                new IndexSearcher(reader), base(all), asked, L2, row -> scores[row] < nearest);
        for (int matches : new int[] {10, 100, 1_000}) {
          // One query, so of ten matches one missed is a tenth.
          Found found = scenes.find(matches, (vector, least) -> range(vector, least, filter));
          assertTrue(matches + ": " + found, found.mean() >= (matches == 10 ? 0.8 : 0.93));
        }
      }
    }
  }

  public void testSegmentsOfSeveralCodebooksOneListAndNone() throws Exception {
    FloatMatrix all = clusters();
    IvfParams oneList = LISTS.withThresholds(new IvfParams.Thresholds(0, 1 << 20, 2));
    IvfParams exact = LISTS.withThresholds(new IvfParams.Thresholds(1 << 20, 1 << 20, 2));
    KnnVectorsFormat[] formats = {
      new IvfVectorsFormat(LISTS),
      new IvfVectorsFormat(LISTS.withSizing(ListSizing.fixed(40))),
      new IvfVectorsFormat(oneList),
      new IvfVectorsFormat(exact),
      new Lucene99HnswVectorsFormat()
    };
    try (Directory together = new ByteBuffersDirectory()) {
      int at = 0;
      for (KnnVectorsFormat format : formats) {
        int to = at + N / formats.length;
        try (Directory part = new ByteBuffersDirectory()) {
          try (IndexWriter writer = new IndexWriter(part, VectorIndexing.config(format))) {
            VectorIndexing.add(writer, base(all), at, to, L2);
          }
          try (IndexWriter writer = new IndexWriter(together, VectorIndexing.config(format))) {
            writer.addIndexes(part);
          }
        }
        at = to;
      }
      assertEquals(N, at);
      ExecutorService executor = Executors.newFixedThreadPool(2);
      try (DirectoryReader reader = DirectoryReader.open(together)) {
        assertEquals(formats.length, reader.leaves().size());
        RangeScenes scenes =
            new RangeScenes(
                new IndexSearcher(reader, executor), base(all), queries(all), L2, _ -> true);
        for (int matches : new int[] {3, 100, 1_000, N / 2}) {
          scenes
              .find(matches, TestIvfVectorSimilarityQuery::range)
              .check("all kinds, matches " + matches);
        }
      } finally {
        executor.shutdown();
      }
    }
  }

  public void testIsAQueryLikeAnyOther() throws Exception {
    // Searched again and again, and each score must be the same to the last bit.
    FloatMatrix all = VectorGenerators.rounded(clusters(), 1 / 16f);
    try (Directory dir = newDirectory()) {
      // One segment: the check searches each leaf by itself, and lists probed together for all
      // leaves are not those probed for each.
      VectorIndexing.index(dir, new IvfVectorsFormat(LISTS), base(all), L2, 1);
      try (DirectoryReader reader = DirectoryReader.open(dir)) {
        float least = scenes(reader, all, L2).scores(queries(all).row(1))[N - 400];
        Query range = range(queries(all).row(1), least);
        QueryUtils.check(random(), range, new IndexSearcher(reader));
      }
    }
  }

  public void testIsAClauseLikeAnyOther() throws Exception {
    FloatMatrix all = VectorGenerators.rounded(clusters(), 1 / 16f);
    try (Directory dir = newDirectory()) {
      VectorIndexing.index(dir, new IvfVectorsFormat(LISTS), base(all), L2, 3);
      try (DirectoryReader reader = DirectoryReader.open(dir)) {
        IndexSearcher searcher = new IndexSearcher(reader);
        float[] query = queries(all).row(1);
        float least = scenes(reader, all, L2).scores(query)[N - 400];
        Query range = range(query, least);
        int found = searcher.count(range);
        Query seven = new TermQuery(new Term("mod", "7"));
        int both = searcher.count(clauses(range, BooleanClause.Occur.MUST, seven));
        int withFilter = searcher.count(range(query, least, seven));
        assertTrue(both + " and " + withFilter, both > 0 && Math.abs(both - withFilter) <= 5);
        int without = searcher.count(clauses(range, BooleanClause.Occur.MUST_NOT, seven));
        assertEquals(found, both + without);
        assertEquals(both, searcher.count(clauses(seven, BooleanClause.Occur.FILTER, range)));

        ScoreDoc best = searcher.search(range, 1).scoreDocs[0];
        Explanation why = searcher.explain(range, best.doc);
        assertTrue(why.toString(), why.isMatch());
        assertEquals(best.score, why.getValue().floatValue(), 0);
        assertTrue(why.toString(), why.getDescription().contains("of score " + least));
        ScoreDoc[] others =
            searcher.search(clauses(seven, BooleanClause.Occur.MUST_NOT, range), 1).scoreDocs;
        assertFalse(searcher.explain(range, others[0].doc).isMatch());
      }
    }
  }

  private static Query clauses(Query must, BooleanClause.Occur how, Query other) {
    return new BooleanQuery.Builder().add(must, BooleanClause.Occur.MUST).add(other, how).build();
  }

  public void testNoFieldNoDocumentsAndWrongQueries() throws Exception {
    try (Directory dir = newDirectory()) {
      FloatMatrix few = VectorGenerators.clusters(20, DIM, 2, 0.5, random().nextLong());
      VectorIndexing.index(
          dir, new IvfVectorsFormat(LISTS), few, VectorSimilarityFunction.COSINE, 2);
      try (DirectoryReader reader = DirectoryReader.open(dir)) {
        IndexSearcher searcher = new IndexSearcher(reader);
        assertEquals(0, searcher.count(new IvfVectorSimilarityQuery("none", few.row(0), 0)));
        assertEquals(20, searcher.count(range(few.row(0), 0)));
        Query zeros = range(new float[DIM], 0.5f);
        assertTold("COSINE", () -> searcher.count(zeros));
        Query narrow = range(new float[] {1}, 0.5f);
        assertTold("dimension", () -> searcher.count(narrow));
        IvfVectorSimilarityQuery any = range(few.row(0), 0, null);
        assertThrows(IllegalArgumentException.class, () -> any.search(noSearcher()));
      }
    }
  }

  @SuppressWarnings("NullAway") // null is what is tested
  private static IndexSearcher noSearcher() {
    return null;
  }

  public void testTimeoutKeepsWhatWasFound() throws Exception {
    FloatMatrix all = clusters();
    try (Directory dir = newDirectory()) {
      VectorIndexing.index(dir, new IvfVectorsFormat(LISTS), base(all), L2, 3);
      try (DirectoryReader reader = DirectoryReader.open(dir)) {
        IndexSearcher searcher = new IndexSearcher(reader);
        float[] query = queries(all).row(0);
        float least = scenes(reader, all, L2).scores(query)[N - 1_000];
        int complete = range(query, least, null).search(searcher).topDocs().scoreDocs.length;
        int[] looks = new int[1];
        searcher.setTimeout(() -> ++looks[0] > 60);
        int partial = range(query, least, null).search(searcher).topDocs().scoreDocs.length;
        assertTrue(partial + " of " + complete, partial < complete);
        searcher.setTimeout(() -> true);
        assertEquals(0, searcher.count(range(query, least)));
      }
    }
  }

  private static void assertTold(String what, ThrowingRunnable action) {
    String told = String.valueOf(expectThrows(IllegalArgumentException.class, action).getMessage());
    assertTrue(told, told.contains(what));
  }
}
