package io.github.luceneivf.codec;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.codebook.CodebookTrainer;
import io.github.luceneivf.codebook.LocalCodebookTrainer;
import io.github.luceneivf.codebook.TrainedCodebook;
import io.github.luceneivf.codebook.TrainingMonitor;
import io.github.luceneivf.codebook.TrainingRequest;
import io.github.luceneivf.codec.config.IvfParams;
import io.github.luceneivf.codec.config.ListSizing;
import io.github.luceneivf.codec.config.Ports;
import io.github.luceneivf.codec.file.CodebookHolder;
import io.github.luceneivf.codec.file.Metrics;
import io.github.luceneivf.probe.IvfSearchStrategy;
import io.github.luceneivf.probe.ProbeReport;
import io.github.luceneivf.quantization.Encoding;
import io.github.luceneivf.search.IvfKnnFloatVectorQuery;
import io.github.luceneivf.search.NearestHits;
import io.github.luceneivf.testdata.ExactNeighbors;
import io.github.luceneivf.testdata.Recall;
import io.github.luceneivf.testdata.VectorGenerators;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FilterDirectoryReader;
import org.apache.lucene.index.FilterLeafReader;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermInSetQuery;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.TopKnnCollector;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.index.RandomIndexWriter;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.IOUtils;
import org.jspecify.annotations.Nullable;

/** One search over all segments: what it finds, and how little it looks at. */
public class TestManySegments extends LuceneTestCase {

  private static final int K = 10;
  private static final int N = 12_000;
  private static final int DIM = 48;
  private static final int QUERIES = 60;
  private static final VectorSimilarityFunction L2 = VectorSimilarityFunction.EUCLIDEAN;

  private static final IvfParams LISTS = params(64);

  private static IvfParams params(int nlist) {
    return IvfParams.DEFAULT
        .withThresholds(new IvfParams.Thresholds(0, 1_000, 2))
        .withSizing(ListSizing.fixed(nlist));
  }

  /** Trains every codebook on the same vectors, whichever flush asks. */
  private record TrainerOn(FloatMatrix vectors) implements CodebookTrainer {
    @Override
    public TrainedCodebook train(
        TrainingRequest request, FloatMatrix sample, TrainingMonitor monitor) throws IOException {
      TrainingRequest all =
          new TrainingRequest(
              request.metric(),
              request.encoding(),
              request.params(),
              vectors.rows(),
              request.parent());
      return new LocalCodebookTrainer(1).train(all, vectors, monitor);
    }

    @Override
    public boolean isRemote() {
      return false;
    }
  }

  private static FloatMatrix clusters(long seed) {
    return VectorGenerators.clusters(N + QUERIES, DIM, 120, 0.6, seed);
  }

  private static FloatMatrix base(FloatMatrix all) {
    return VectorGenerators.slice(all, 0, N);
  }

  private static FloatMatrix queries(FloatMatrix all) {
    return VectorGenerators.slice(all, N, N + QUERIES);
  }

  private static IvfVectorsFormat format(IvfParams params, FloatMatrix trainedOn) {
    return new IvfVectorsFormat(params, Ports.LOCAL.withTrainer(new TrainerOn(trainedOn)));
  }

  private static IvfKnnFloatVectorQuery query(float[] target, @Nullable Query filter) {
    return new IvfKnnFloatVectorQuery(VectorIndexing.FIELD, target, K, filter);
  }

  /** Searches with all queries; {@code recall} is the mean, {@code looked} the sum. */
  private record Answers(double recall, ProbeReport looked) {}

  private static Answers search(
      IndexReader reader, FloatMatrix base, FloatMatrix queries, VectorSimilarityFunction function)
      throws IOException {
    IndexSearcher searcher = new IndexSearcher(reader);
    double sum = 0;
    ProbeReport looked = ProbeReport.NOTHING;
    for (int q = 0; q < queries.rows(); q++) {
      NearestHits found = query(queries.row(q), null).search(searcher);
      int[] rows = rows(searcher, found.topDocs());
      assertEquals(K, rows.length);
      assertEquals("no hit twice", K, Arrays.stream(rows).distinct().count());
      sum += Recall.at(K, base, queries.row(q), rows, Metrics.of(function));
      looked = looked.plus(found.report());
    }
    return new Answers(sum / queries.rows(), looked);
  }

  private static int[] rows(IndexSearcher searcher, TopDocs hits) throws IOException {
    int[] rows = new int[hits.scoreDocs.length];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = VectorIndexing.row(searcher, hits.scoreDocs[i].doc);
    }
    return rows;
  }

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
        Answers single = search(merged, base, queries(all), L2);
        Answers many = search(reader, base, queries(all), L2);
        String what = " seed=" + seed + " one " + single + " ten " + many;
        assertTrue(what, many.recall() >= 0.95);
        assertEquals(what, QUERIES, many.looked().codebooks());
        assertEquals("one ranking a query" + what, QUERIES, many.looked().rankings());
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
    FloatMatrix all = clusters(seed);
    VectorSimilarityFunction[] functions = {
      VectorSimilarityFunction.EUCLIDEAN,
      VectorSimilarityFunction.COSINE,
      VectorSimilarityFunction.MAXIMUM_INNER_PRODUCT
    };
    List<Encoding> encodings = new ArrayList<>(Encoding.all());
    for (VectorSimilarityFunction f : functions) {
      Encoding encoding = encodings.remove(random().nextInt(encodings.size()));
      try (Directory directory = new ByteBuffersDirectory()) {
        VectorIndexing.index(
            directory, new IvfVectorsFormat(LISTS.withEncoding(encoding)), base(all), f, 10);
        try (DirectoryReader reader = DirectoryReader.open(directory)) {
          Answers answers = search(reader, base(all), queries(all), f);
          String what = encoding.displayName() + " " + f + " seed=" + seed + " " + answers;
          assertTrue(what, answers.recall() >= 0.95);
        }
      }
    }
  }

  /** Merges indexes without touching their segments. */
  private static Directory together(Directory... parts) throws IOException {
    Directory all = new ByteBuffersDirectory();
    try (IndexWriter writer =
        new IndexWriter(all, VectorIndexing.config(new IvfVectorsFormat(LISTS)))) {
      writer.addIndexes(parts);
    }
    IOUtils.close(parts);
    return all;
  }

  private static Directory part(
      KnnVectorsFormat format,
      FloatMatrix rows,
      int from,
      int to,
      int flushes,
      VectorSimilarityFunction f)
      throws IOException {
    Directory directory = new ByteBuffersDirectory();
    try (IndexWriter writer = new IndexWriter(directory, VectorIndexing.config(format))) {
      for (int flush = 0; flush < flushes; flush++) {
        int begin = from + (int) ((long) (to - from) * flush / flushes);
        int end = from + (int) ((long) (to - from) * (flush + 1) / flushes);
        VectorIndexing.add(writer, rows, begin, end, f);
        writer.flush();
      }
    }
    return directory;
  }

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
          CodebookHolder holder = (CodebookHolder) VectorIndexing.vectorsReader(leaf.reader());
          exponents.add(
              holder.lists(VectorIndexing.FIELD).get().codebook().codebook().space().exponent());
        }
        assertEquals("spaces differ", 2, exponents.size());
        Answers answers = search(reader, base, queries(all), f);
        String what = f + " seed=" + seed + " " + answers;
        assertTrue(what, answers.recall() >= 0.95);
        assertEquals(what, 2 * QUERIES, answers.looked().codebooks());
        // A query all of whose lists are of one codebook may rank that one again.
        assertTrue(what, answers.looked().rankings() <= 2 * QUERIES + QUERIES / 20);
        assertTrue(what, answers.looked().vectorsScanned() < QUERIES * N * 0.6);
      }
    }
  }

  public void testEveryListProbedIsExactUnderFiltersAndDeletes() throws Exception {
    FloatMatrix all = clusters(random().nextLong());
    FloatMatrix base = base(all);
    IvfVectorsFormat format = new IvfVectorsFormat(LISTS.withEncoding(Encoding.FLOAT32));
    try (Directory directory = new ByteBuffersDirectory()) {
      VectorIndexing.index(directory, format, base, L2, 7);
      try (IndexWriter writer = new IndexWriter(directory, VectorIndexing.config(format))) {
        writer.deleteDocuments(new Term("mod", "3"));
      }
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        IndexSearcher searcher = new IndexSearcher(reader);
        for (Query filter : Arrays.asList(null, mods(0, 1, 3, 5, 6, 8))) {
          for (int q = 0; q < 10; q++) {
            IvfKnnFloatVectorQuery every =
                new IvfKnnFloatVectorQuery(
                    VectorIndexing.FIELD,
                    queries(all).row(q),
                    K,
                    filter,
                    IvfSearchStrategy.nprobe(1 << 16));
            NearestHits found = every.search(searcher);
            IntPredicate accepted =
                row ->
                    row % 10 != 3
                        && (filter == null || Set.of(0, 1, 3, 5, 6, 8).contains(row % 10));
            assertEquals(
                exact(base, queries(all).row(q), accepted),
                IntStream.of(rows(searcher, found.topDocs())).boxed().toList());
            assertEquals("each vector once", N, found.report().vectorsScanned());
          }
        }
      }
    }
  }

  private static Query mods(int... mods) {
    return new TermInSetQuery(
        "mod", IntStream.of(mods).mapToObj(mod -> new BytesRef("" + mod)).toList());
  }

  private static List<Integer> exact(FloatMatrix base, float[] target, IntPredicate accepted) {
    int[] rows = IntStream.range(0, N).filter(accepted).toArray();
    float[] values = new float[rows.length * DIM];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(base.values(), rows[i] * DIM, values, i * DIM, DIM);
    }
    FloatMatrix matching = new FloatMatrix(values, rows.length, DIM);
    int want = Math.min(K, rows.length);
    return IntStream.of(ExactNeighbors.topK(matching, target, want, Metrics.of(L2)))
        .mapToObj(i -> rows[i])
        .toList();
  }

  public void testFiltersKeepTheirRecallAndFindAllThereIs() throws Exception {
    long seed = random().nextLong();
    FloatMatrix all = clusters(seed);
    FloatMatrix base = base(all);
    try (Directory directory = new ByteBuffersDirectory()) {
      VectorIndexing.index(directory, format(LISTS, base), base, L2, 10);
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        assertRecallAmong(reader, all, mods(7), row -> row % 10 == 7, seed);
        assertRecallAmong(
            reader, all, mods(1, 2, 4), row -> Set.of(1, 2, 4).contains(row % 10), seed);
        // More than are scored exactly, and all of them in two of the segments.
        assertRecallAmong(reader, all, ids(4_000, 6_100), row -> row >= 4_000 && row < 6_100, seed);
        assertRecallAmong(reader, all, ids(4_000, 4_006), row -> row >= 4_000 && row < 4_006, seed);
        assertRecallAmong(reader, all, new TermQuery(new Term("id", "none")), _ -> false, seed);
      }
    }
  }

  private static Query ids(int from, int to) {
    return new TermInSetQuery(
        "id", IntStream.range(from, to).mapToObj(id -> new BytesRef("" + id)).toList());
  }

  private static void assertRecallAmong(
      DirectoryReader reader,
      FloatMatrix all,
      @Nullable Query filter,
      IntPredicate accepted,
      long seed)
      throws IOException {
    IndexSearcher searcher = new IndexSearcher(reader);
    double found = 0;
    double exist = 0;
    for (int q = 0; q < 30; q++) {
      float[] target = queries(all).row(q);
      List<Integer> truth = exact(base(all), target, accepted);
      int[] rows = VectorIndexing.search(searcher, query(target, filter), K);
      assertEquals("hits of " + filter + " seed=" + seed, truth.size(), rows.length);
      for (int row : rows) {
        assertTrue("row " + row + " is not accepted", accepted.test(row));
        found += truth.contains(row) ? 1 : 0;
      }
      exist += truth.size();
    }
    assertTrue("recall " + found + "/" + exist + " seed=" + seed, found >= 0.95 * exist);
  }

  public void testFindsTheFewThatWereNotDeleted() throws Exception {
    long seed = random().nextLong();
    FloatMatrix all = clusters(seed);
    IvfVectorsFormat format = new IvfVectorsFormat(LISTS);
    int[] counts = {3, K, 3_000};
    for (int left : counts) {
      try (Directory directory = new ByteBuffersDirectory()) {
        VectorIndexing.index(directory, format, base(all), L2, 5);
        int first = random().nextInt(N - left);
        try (IndexWriter writer = new IndexWriter(directory, VectorIndexing.config(format))) {
          writer.deleteDocuments(ids(0, first), ids(first + left, N));
        }
        try (DirectoryReader reader = DirectoryReader.open(directory)) {
          assertRecallAmong(reader, all, null, row -> row >= first && row < first + left, seed);
        }
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
      Answers answers = search(reader, base, queries(all), L2);
      assertTrue(" seed=" + seed + answers, answers.recall() >= 0.95);
      assertEquals(QUERIES, answers.looked().codebooks());
      // Not many times as many as there are for each segment of one list.
      assertTrue("" + answers, answers.looked().vectorsScored() / QUERIES < 500 + 600);
      assertRecallAmong(reader, all, mods(2, 7), row -> row % 5 == 2, seed);
      assertRecallAmong(reader, all, ids(8_990, 9_010), row -> row >= 8_990 && row < 9_010, seed);
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

  public void testRandomSegmentsAgreeWithExactSearch() throws Exception {
    FloatMatrix all = clusters(random().nextLong());
    FloatMatrix base = VectorGenerators.slice(all, 0, 1_500);
    IvfParams params = LISTS.withSizing(ListSizing.fixed(1 + random().nextInt(9)));
    IvfVectorsFormat format =
        new IvfVectorsFormat(
            params
                .withThresholds(new IvfParams.Thresholds(random().nextInt(60), 1, 0))
                .withEncoding(Encoding.FLOAT32));
    try (Directory directory = newDirectory();
        RandomIndexWriter writer =
            new RandomIndexWriter(
                random(),
                directory,
                newIndexWriterConfig().setCodec(TestUtil.alwaysKnnVectorsFormat(format)))) {
      for (int row = 0; row < base.rows(); row++) {
        writer.addDocument(VectorIndexing.document(base, row, L2));
        if (random().nextInt(100) == 0) {
          writer.flush();
        }
      }
      writer.deleteDocuments(new Term("mod", "4"));
      try (IndexReader reader = writer.getReader()) {
        IndexSearcher searcher = newSearcher(reader);
        for (int q = 0; q < 20; q++) {
          float[] target = queries(all).row(q);
          List<Integer> truth = exact(all, target, row -> row < base.rows() && row % 10 != 4);
          Query every =
              new IvfKnnFloatVectorQuery(
                  VectorIndexing.FIELD, target, K, null, IvfSearchStrategy.nprobe(1 << 16));
          TopDocs hits = searcher.search(every, K);
          float last = Float.POSITIVE_INFINITY;
          for (int i = 0; i < K; i++) {
            ScoreDoc hit = hits.scoreDocs[i];
            assertEquals(L2.compare(target, base.row(truth.get(i))), hit.score, 1e-5);
            assertTrue(hit.score <= last);
            last = hit.score;
          }
        }
      }
    }
  }

  public void testReaderThatDecoratesCollectorsIsSearchedByItself() throws Exception {
    FloatMatrix all = clusters(random().nextLong());
    FloatMatrix base = base(all);
    try (Directory directory = new ByteBuffersDirectory()) {
      VectorIndexing.index(directory, format(LISTS, base), base, L2, 3);
      try (DirectoryReader reader = new Decorating(DirectoryReader.open(directory))) {
        Answers answers = search(reader, base, queries(all), L2);
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
