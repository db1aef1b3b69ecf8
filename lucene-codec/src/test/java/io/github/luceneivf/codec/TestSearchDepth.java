// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.codec.config.IvfParams;
import io.github.luceneivf.codec.config.ListSizing;
import io.github.luceneivf.probe.IvfSearchStrategy;
import io.github.luceneivf.probe.ProbeReport;
import io.github.luceneivf.search.IvfKnnFloatVectorQuery;
import io.github.luceneivf.search.NearestHits;
import io.github.luceneivf.testdata.Recall;
import io.github.luceneivf.testdata.VectorGenerators;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.AbstractKnnCollector;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.TotalHits;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.junit.AfterClass;
import org.junit.BeforeClass;

/** How much a search looks at: for a recall, within a budget, behind near copies. */
public class TestSearchDepth extends LuceneTestCase {

  private static final int K = 10;
  private static final int COPIES = 40;
  private static final int GROUPS = 250;
  private static final int DIM = 48;
  private static final int NLIST = 64;
  private static final int QUERIES = 40;

  private static FloatMatrix base;
  private static FloatMatrix queries;
  private static Directory directory;
  private static DirectoryReader reader;

  /** Groups of near copies: row / COPIES is the group. */
  @BeforeClass
  public static void index() throws Exception {
    FloatMatrix centres = VectorGenerators.clusters(GROUPS + QUERIES, DIM, 30, 0.6, 7);
    Random random = new Random(8);
    float[] values = new float[GROUPS * COPIES * DIM];
    for (int i = 0; i < values.length; i++) {
      float centre = centres.values()[i / DIM / COPIES * DIM + i % DIM];
      values[i] = centre + 0.02f * (float) random.nextGaussian();
    }
    base = new FloatMatrix(values, GROUPS * COPIES, DIM);
    queries = VectorGenerators.slice(centres, GROUPS, GROUPS + QUERIES);
    IvfParams params =
        IvfParams.DEFAULT
            .withThresholds(new IvfParams.Thresholds(0, 1_000, 2))
            .withSizing(ListSizing.fixed(NLIST));
    directory = new ByteBuffersDirectory();
    VectorIndexing.index(
        directory, new IvfVectorsFormat(params), base, VectorSimilarityFunction.EUCLIDEAN, 3);
    reader = DirectoryReader.open(directory);
  }

  @AfterClass
  public static void close() throws Exception {
    reader.close();
    directory.close();
  }

  private static NearestHits search(int query, int k, IvfSearchStrategy strategy)
      throws IOException {
    return new IvfKnnFloatVectorQuery(VectorIndexing.FIELD, queries.row(query), k, null, strategy)
        .search(new IndexSearcher(reader));
  }

  private static int[] docs(NearestHits hits) {
    return Arrays.stream(hits.topDocs().scoreDocs).mapToInt(hit -> hit.doc).toArray();
  }

  public void testMoreRecallLooksAtMore() throws Exception {
    double[] targets = {0.5, 0.8, 0.99};
    long last = 0;
    for (double target : targets) {
      long scanned = 0;
      double recall = 0;
      double estimated = 0;
      for (int q = 0; q < QUERIES; q++) {
        NearestHits hits = search(q, 100, IvfSearchStrategy.recall(target));
        scanned += hits.report().vectorsScanned();
        recall += Recall.at(100, base, queries.row(q), docs(hits), Metric.EUCLIDEAN) / QUERIES;
        double estimate = hits.report().estimatedRecall();
        assertTrue("estimate: " + estimate, estimate >= 0 && estimate <= 1);
        estimated += estimate / QUERIES;
      }
      assertTrue(target + ": " + scanned + " after " + last, scanned > last);
      assertTrue(target + ": recall " + recall, recall >= target);
      assertTrue(target + ": estimated " + estimated, estimated >= target - 0.02);
      last = scanned;
    }
  }

  public void testABudgetIsKeptAndTold() throws Exception {
    int smaller = 0;
    for (int q = 0; q < QUERIES; q++) {
      NearestHits free = search(q, 100, IvfSearchStrategy.recall(0.99));
      assertFalse(free.report().cutOff());
      long needed = free.report().vectorsScanned();
      NearestHits enough = search(q, 100, IvfSearchStrategy.recall(0.99).budget(needed));
      assertArrayEquals(docs(free), docs(enough));
      assertEquals(free.report(), enough.report());
      for (long budget : new long[] {needed / 2, needed / 4, 1}) {
        ProbeReport report = search(q, 100, IvfSearchStrategy.recall(0.99).budget(budget)).report();
        if (report.lists() > 1) {
          assertTrue(budget + ": " + report, report.vectorsScanned() <= budget);
        }
        assertTrue(budget + ": " + report, report.cutOff());
        assertTrue(report.vectorsScanned() < needed);
        smaller += report.estimatedRecall() < free.report().estimatedRecall() ? 1 : 0;
      }
      NearestHits least = search(q, 100, IvfSearchStrategy.CALIBRATED.budget(1));
      assertEquals("the nearest list is always scanned", 1, least.report().lists());
      assertTrue(least.topDocs().scoreDocs.length > 0);
    }
    assertEquals("estimates fall with the budget", 3 * QUERIES, smaller);
  }

  public void testWhereAllListsWereProbedAllIsFound() throws Exception {
    for (int q = 0; q < QUERIES; q++) {
      NearestHits hits = search(q, K, IvfSearchStrategy.nprobe(NLIST).oversample(50));
      assertEquals(1, hits.report().estimatedRecall(), 0);
      assertFalse(hits.report().cutOff());
      assertEquals(base.rows(), hits.report().vectors());
      assertEquals(CodedSegments.entries(reader), hits.report().vectorsScanned());
      double recall = Recall.at(K, base, queries.row(q), docs(hits), Metric.EUCLIDEAN);
      assertEquals(1, recall, 0);
      ProbeReport one = search(q, 100, IvfSearchStrategy.nprobe(1)).report();
      assertTrue(one.toString(), one.estimatedRecall() < 1);
    }
  }

  /** Wants the best of each of K groups, and no document twice. */
  private static final class Groups extends AbstractKnnCollector {
    private final int docBase;
    private final Set<Integer> seen = new HashSet<>();
    private final Map<Integer, Float> best = new HashMap<>();

    Groups(int docBase, IvfSearchStrategy strategy) {
      super(K, Long.MAX_VALUE, strategy);
      this.docBase = docBase;
    }

    @Override
    public boolean collect(int doc, float score) {
      assertTrue("twice: " + doc, seen.add(doc));
      best.merge((docBase + doc) / COPIES, score, Math::max);
      return true;
    }

    @Override
    public int numCollected() {
      return best.size();
    }

    @Override
    public float minCompetitiveSimilarity() {
      return best.size() < K ? Float.NEGATIVE_INFINITY : (float) scores()[best.size() - K];
    }

    private double[] scores() {
      return best.values().stream().mapToDouble(Float::doubleValue).sorted().toArray();
    }

    @Override
    public TopDocs topDocs() {
      return new TopDocs(new TotalHits(0, TotalHits.Relation.EQUAL_TO), new ScoreDoc[0]);
    }
  }

  /** Each round reranks more, each rescan keeps more: neither hands out a document again. */
  public void testBehindNearCopiesNothingIsCollectedOrVisitedTwice() throws Exception {
    for (IvfSearchStrategy strategy :
        new IvfSearchStrategy[] {
          IvfSearchStrategy.CALIBRATED,
          IvfSearchStrategy.recall(0.99),
          IvfSearchStrategy.nprobe(3).oversample(1),
          IvfSearchStrategy.nprobe(NLIST).oversample(1)
        }) {
      int found = 0;
      int wanted = 0;
      for (int q = 0; q < QUERIES; q++) {
        for (LeafReaderContext context : reader.leaves()) {
          LeafReader leaf = context.reader();
          Groups groups = new Groups(context.docBase, strategy);
          AcceptDocs all = AcceptDocs.fromLiveDocs(null, leaf.maxDoc());
          leaf.searchNearestVectors(VectorIndexing.FIELD, queries.row(q), groups, all);
          assertTrue(strategy + ": " + groups.best.size(), groups.best.size() >= K);
          assertTrue(groups.visitedCount() <= leaf.maxDoc());
          if (strategy.nprobe().orElse(0) == NLIST) {
            assertEquals(leaf.maxDoc(), groups.visitedCount());
          }
          Set<Integer> exact = exactGroups(context, queries.row(q));
          wanted += K;
          exact.retainAll(groups.best.keySet());
          found += exact.size();
        }
      }
      double share = strategy.nprobe().orElse(NLIST) < NLIST ? 0.7 : 0.9;
      assertTrue(strategy + ": " + found + " of " + wanted, found >= share * wanted);
    }
  }

  private static Set<Integer> exactGroups(LeafReaderContext context, float[] query) {
    Map<Integer, Double> best = new HashMap<>();
    for (int doc = 0; doc < context.reader().maxDoc(); doc++) {
      int row = context.docBase + doc;
      double sum = 0;
      for (int d = 0; d < DIM; d++) {
        double off = (double) query[d] - base.values()[row * DIM + d];
        sum += off * off;
      }
      best.merge(row / COPIES, sum, Math::min);
    }
    Set<Integer> nearest = new HashSet<>();
    best.entrySet().stream()
        .sorted(Map.Entry.comparingByValue())
        .limit(K)
        .forEach(group -> nearest.add(group.getKey()));
    return nearest;
  }
}
