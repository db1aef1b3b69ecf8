// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec;

import static io.github.luceneivf.codec.ManySegments.DIM;
import static io.github.luceneivf.codec.ManySegments.K;
import static io.github.luceneivf.codec.ManySegments.L2;
import static io.github.luceneivf.codec.ManySegments.LISTS;
import static io.github.luceneivf.codec.ManySegments.N;
import static io.github.luceneivf.codec.ManySegments.QUERIES;
import static io.github.luceneivf.codec.ManySegments.assertRecallAmong;
import static io.github.luceneivf.codec.ManySegments.base;
import static io.github.luceneivf.codec.ManySegments.clusters;
import static io.github.luceneivf.codec.ManySegments.format;
import static io.github.luceneivf.codec.ManySegments.ids;
import static io.github.luceneivf.codec.ManySegments.mods;
import static io.github.luceneivf.codec.ManySegments.params;
import static io.github.luceneivf.codec.ManySegments.part;
import static io.github.luceneivf.codec.ManySegments.queries;
import static io.github.luceneivf.codec.ManySegments.query;
import static io.github.luceneivf.codec.ManySegments.search;
import static io.github.luceneivf.codec.ManySegments.together;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.codec.config.IvfParams;
import io.github.luceneivf.codec.file.ListsProvider;
import io.github.luceneivf.probe.ProbeReport;
import io.github.luceneivf.quantization.Encoding;
import io.github.luceneivf.search.NearestHits;
import io.github.luceneivf.testdata.VectorGenerators;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FilterDirectoryReader;
import org.apache.lucene.index.FilterLeafReader;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TopKnnCollector;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;

/** One search over all segments: what it finds, and how little it looks at. */
public class TestManySegments extends LuceneTestCase {

  public void testTenSegmentsOfOneCodebookCostWhatOneSegmentCosts() throws Exception {
    long seed = random().nextLong();
    FloatMatrix all = clusters(seed);
    FloatMatrix base = base(all);
    IvfVectorsFormat format = format(LISTS, base);
    try (Directory one = new ByteBuffersDirectory();
        Directory ten = new ByteBuffersDirectory()) {
      VectorIndexing.index(one, format, base, L2, 1);
      VectorIndexing.index(ten, format, base, L2, 10);
      try (DirectoryReader merged = DirectoryReader.open(one);
          DirectoryReader reader = DirectoryReader.open(ten)) {
        assertEquals(1, merged.leaves().size());
        assertEquals(10, reader.leaves().size());
        ManySegments.Answers single = search(merged, base, queries(all), L2);
        ManySegments.Answers many = search(reader, base, queries(all), L2);
        String what = " seed=" + seed + " one " + single + " ten " + many;
        assertTrue(what, many.recall() >= 0.95);
        assertEquals(what, QUERIES, many.looked().codebooks());
        // A query that lies far from all centroids ranks them again.
        int rankings = many.looked().rankings();
        assertTrue("one ranking a query" + what, rankings <= QUERIES + QUERIES / 4);
        long scanned = many.looked().vectorsScanned();
        assertTrue(what, scanned <= 1.3 * single.looked().vectorsScanned());
        assertTrue(what, many.looked().vectorsScored() <= 1.3 * single.looked().vectorsScored());
        long byLeaf = scoredLeafByLeaf(reader, queries(all));
        assertTrue(byLeaf + what, byLeaf >= 4 * many.looked().vectorsScored());
      }
    }
  }

  /** How many vectors a search of each leaf by itself scores exactly. */
  private static long scoredLeafByLeaf(DirectoryReader reader, FloatMatrix queries)
      throws IOException {
    long[] scored = {0};
    for (int q = 0; q < queries.rows(); q++) {
      for (LeafReaderContext leaf : reader.leaves()) {
        KnnCollector counting =
            new KnnCollector.Decorator(new TopKnnCollector(K, Integer.MAX_VALUE)) {
              @Override
              public boolean collect(int doc, float score) {
                scored[0]++;
                return super.collect(doc, score);
              }
            };
        AcceptDocs everything = AcceptDocs.fromLiveDocs(null, leaf.reader().maxDoc());
        leaf.reader()
            .searchNearestVectors(VectorIndexing.FIELD, queries.row(q), counting, everything);
      }
    }
    return scored[0];
  }

  public void testRecallAtDefaultsWithEveryMetric() throws Exception {
    long seed = random().nextLong();
    VectorSimilarityFunction[] functions = {
      VectorSimilarityFunction.EUCLIDEAN,
      VectorSimilarityFunction.COSINE,
      VectorSimilarityFunction.MAXIMUM_INNER_PRODUCT
    };
    List<Encoding> encodings = new ArrayList<>(Encoding.all());
    double sum = 0;
    for (VectorSimilarityFunction function : functions) {
      Encoding encoding = encodings.remove(random().nextInt(encodings.size()));
      sum += recallAtDefaults(seed, function, encoding);
    }
    assertTrue("mean of three, seed=" + seed + ": " + sum / 3, sum / 3 >= 0.95);
  }

  /** The least of some thousand: 34 of 600 neighbours are missed. */
  public void testRecallAtDefaultsOfAnUnluckySeed() throws Exception {
    recallAtDefaults(
        -5242891314165832335L, VectorSimilarityFunction.MAXIMUM_INNER_PRODUCT, Encoding.INT8);
  }

  private static double recallAtDefaults(
      long seed, VectorSimilarityFunction function, Encoding encoding) throws IOException {
    FloatMatrix all = clusters(seed);
    try (Directory directory = new ByteBuffersDirectory()) {
      VectorIndexing.index(
          directory, new IvfVectorsFormat(LISTS.withEncoding(encoding)), base(all), function, 10);
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        ManySegments.Answers answers = search(reader, base(all), queries(all), function);
        // Chance moves the mean of 60 queries by about 0.01.
        assertTrue(
            encoding.displayName() + " " + function + " seed=" + seed + " " + answers,
            answers.recall() >= 0.93);
        return answers.recall();
      }
    }
  }

  /** Merges indexes without touching their segments. */
  public void testListsOfTwoCodebooksAreRankedTogether() throws Exception {
    long seed = random().nextLong();
    FloatMatrix all = clusters(seed);
    FloatMatrix base = base(all);
    // An outlier gives the second codebook's space another scale.
    float[] values = VectorGenerators.slice(base, 0, N / 2).values().clone();
    for (int d = 0; d < DIM; d++) {
      values[d] *= 40;
    }
    FloatMatrix withOutlier = new FloatMatrix(values, N / 2, DIM);
    for (VectorSimilarityFunction f : List.of(L2, VectorSimilarityFunction.MAXIMUM_INNER_PRODUCT)) {
      try (Directory directory =
              together(
                  part(format(params(48), withOutlier), base, 0, N / 2, 4, f),
                  part(format(LISTS, base), base, N / 2, N, 4, f));
          DirectoryReader reader = DirectoryReader.open(directory)) {
        assertEquals(8, reader.leaves().size());
        Set<Integer> exponents = new HashSet<>();
        for (LeafReaderContext leaf : reader.leaves()) {
          ListsProvider holder = (ListsProvider) VectorIndexing.vectorsReader(leaf.reader());
          exponents.add(
              holder.lists(VectorIndexing.FIELD).get().codebook().codebook().space().exponent());
        }
        assertEquals("spaces differ", 2, exponents.size());
        ManySegments.Answers answers = search(reader, base, queries(all), f);
        String what = f + " seed=" + seed + " " + answers;
        assertTrue(what, answers.recall() >= 0.95);
        assertEquals(what, 2 * QUERIES, answers.looked().codebooks());
        // A query all of whose lists are of one codebook, or far from both, may rank one again.
        assertTrue(what, answers.looked().rankings() <= 2 * QUERIES + QUERIES / 4);
        assertTrue(what, answers.looked().vectorsScanned() < QUERIES * N * 0.6);
      }
    }
  }

  public void testSegmentsOfAllKindsAreSearchedTogether() throws Exception {
    long seed = random().nextLong();
    FloatMatrix all = clusters(seed);
    FloatMatrix base = base(all);
    IvfVectorsFormat exact =
        new IvfVectorsFormat(IvfParams.DEFAULT.withThresholds(new IvfParams.Thresholds(N, N, N)));
    IvfVectorsFormat oneList =
        new IvfVectorsFormat(IvfParams.DEFAULT.withThresholds(new IvfParams.Thresholds(0, N, N)));
    try (Directory directory =
            together(
                part(format(LISTS, base), base, 0, 5_000, 3, L2),
                part(exact, base, 5_000, 5_500, 2, L2),
                part(oneList, base, 5_500, 9_000, 3, L2),
                part(new Lucene99HnswVectorsFormat(), base, 9_000, N, 2, L2));
        DirectoryReader reader = DirectoryReader.open(directory)) {
      assertEquals(10, reader.leaves().size());
      ManySegments.Answers answers = search(reader, base, queries(all), L2);
      assertTrue(" seed=" + seed + answers, answers.recall() >= 0.95);
      assertEquals(QUERIES, answers.looked().codebooks());
      // Not many times as many as there are for each segment of one list.
      assertTrue("" + answers, answers.looked().vectorsScored() / QUERIES < 500 + 600);
      assertRecallAmong(reader, all, mods(2, 7), row -> row % 5 == 2, seed);
      assertRecallAmong(reader, all, ids(8_990, 9_010), row -> row >= 8_990 && row < 9_010, seed);
    }
  }

  /** Segments much smaller than the first are probed as surely: nothing tells them from others. */
  public void testSmallSegmentsBesideALargeOneAreFound() throws Exception {
    long seed = random().nextLong();
    FloatMatrix all = clusters(seed);
    FloatMatrix base = base(all);
    int large = 9_000;
    IvfVectorsFormat oneList =
        new IvfVectorsFormat(IvfParams.DEFAULT.withThresholds(new IvfParams.Thresholds(0, N, N)));
    for (IvfVectorsFormat format : List.of(oneList, format(LISTS, base))) {
      for (int parts = 1; parts <= 3; parts++) {
        List<Directory> directories = new ArrayList<>(List.of(part(format, base, 0, large, 1, L2)));
        for (int i = 0; i < parts; i++) {
          int from = large + i * (N - large) / parts;
          int to = large + (i + 1) * (N - large) / parts;
          // Each index by itself trains a codebook of its own, or has a list about its own mean.
          IvfVectorsFormat own =
              format == oneList ? oneList : new IvfVectorsFormat(params(64 / (parts + 1)));
          directories.add(part(own, base, from, to, 1, L2));
        }
        try (Directory directory = together(directories.toArray(Directory[]::new));
            DirectoryReader reader = DirectoryReader.open(directory)) {
          assertEquals(1 + parts, reader.leaves().size());
          IndexSearcher searcher = new IndexSearcher(reader);
          int found = 0;
          for (int row = large; row < N; row += 10) {
            int[] rows = VectorIndexing.search(searcher, query(base.row(row), null), 1);
            found += rows[0] == row ? 1 : 0;
          }
          int asked = (N - large) / 10;
          assertTrue(
              found + "/" + asked + " parts=" + parts + " seed=" + seed, found > 0.97 * asked);
        }
      }
    }
  }

  public void testExecutorAndThreadsChangeNothing() throws Exception {
    FloatMatrix all = clusters(random().nextLong());
    try (Directory directory = newDirectory()) {
      VectorIndexing.index(directory, new IvfVectorsFormat(LISTS), base(all), L2, 6);
      ExecutorService executor = Executors.newFixedThreadPool(3);
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        IndexSearcher alone = new IndexSearcher(reader);
        IndexSearcher over = new IndexSearcher(reader, executor);
        List<Callable<int[]>> tasks = new ArrayList<>();
        for (int q = 0; q < QUERIES; q++) {
          Query query = query(queries(all).row(q), q % 2 == 0 ? null : mods(1, 2, 3));
          tasks.add(() -> VectorIndexing.search(alone, query, K));
        }
        int q = 0;
        for (var found : executor.invokeAll(tasks)) {
          Query query = query(queries(all).row(q), q % 2 == 0 ? null : mods(1, 2, 3));
          assertArrayEquals(VectorIndexing.search(alone, query, K), found.get());
          assertArrayEquals(VectorIndexing.search(over, query, K), found.get());
          q++;
        }
      } finally {
        TestUtil.shutdownExecutorService(executor);
      }
    }
  }

  public void testReaderThatDecoratesCollectorsIsSearchedByItself() throws Exception {
    FloatMatrix all = clusters(random().nextLong());
    FloatMatrix base = base(all);
    try (Directory directory = new ByteBuffersDirectory()) {
      VectorIndexing.index(directory, format(LISTS, base), base, L2, 3);
      try (DirectoryReader reader = new Decorating(DirectoryReader.open(directory))) {
        ManySegments.Answers answers = search(reader, base, queries(all), L2);
        assertTrue("" + answers, answers.recall() >= 0.95);
        assertEquals(ProbeReport.NOTHING, answers.looked());
      }
    }
  }

  private static final class Decorating extends FilterDirectoryReader {
    Decorating(DirectoryReader in) throws IOException {
      super(
          in,
          new SubReaderWrapper() {
            @Override
            public LeafReader wrap(LeafReader reader) {
              return new DecoratingLeaf(reader);
            }
          });
    }

    @Override
    protected DirectoryReader doWrapDirectoryReader(DirectoryReader other) throws IOException {
      return new Decorating(other);
    }

    @Override
    public CacheHelper getReaderCacheHelper() {
      return in.getReaderCacheHelper();
    }
  }

  private static final class DecoratingLeaf extends FilterLeafReader {
    DecoratingLeaf(LeafReader in) {
      super(in);
    }

    @Override
    public void searchNearestVectors(
        String field, float[] target, KnnCollector collector, AcceptDocs acceptDocs)
        throws IOException {
      super.searchNearestVectors(
          field, target, new KnnCollector.Decorator(collector) {}, acceptDocs);
    }

    @Override
    public CacheHelper getCoreCacheHelper() {
      return in.getCoreCacheHelper();
    }

    @Override
    public CacheHelper getReaderCacheHelper() {
      return in.getReaderCacheHelper();
    }
  }

  public void testTimeoutGivesWhatWasFound() throws Exception {
    FloatMatrix all = clusters(random().nextLong());
    try (Directory directory = new ByteBuffersDirectory()) {
      VectorIndexing.index(directory, new IvfVectorsFormat(LISTS), base(all), L2, 4);
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        int[] looks = {0};
        IndexSearcher searcher = new IndexSearcher(reader);
        searcher.setTimeout(() -> ++looks[0] > 20);
        NearestHits partial = query(queries(all).row(0), null).search(searcher);
        assertTrue(partial.report().vectorsScanned() < N / 4);
        assertTrue(partial.topDocs().scoreDocs.length > 0);
      }
    }
  }
}
