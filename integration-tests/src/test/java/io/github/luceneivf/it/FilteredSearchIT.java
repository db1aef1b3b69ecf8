// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.benchmarks.contender.CacheEverything;
import io.github.luceneivf.benchmarks.contender.LastCodebook;
import io.github.luceneivf.benchmarks.contender.RowSets;
import io.github.luceneivf.benchmarks.contender.RowsQuery;
import io.github.luceneivf.benchmarks.data.DataSet;
import io.github.luceneivf.benchmarks.data.Recall;
import io.github.luceneivf.benchmarks.filter.FilterTruth;
import io.github.luceneivf.benchmarks.filter.Restriction;
import io.github.luceneivf.benchmarks.filter.RowNearness;
import io.github.luceneivf.benchmarks.filter.Tagging;
import io.github.luceneivf.codec.IvfVectorsFormat;
import io.github.luceneivf.codec.config.IvfParams;
import io.github.luceneivf.codec.config.Ports;
import io.github.luceneivf.it.data.DataFolder;
import io.github.luceneivf.search.IvfKnnFloatVectorQuery;
import io.github.luceneivf.search.NearestHits;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.LRUQueryCache;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.util.FixedBitSet;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Recall@10 at the format's defaults under filters of every kind, over one segment and ten, with
 * and without a fifth of the documents deleted, with the filter cached and not; that no search
 * finds fewer than there are, and that none scores many more than it must. {@code ./ivf bench
 * --scenario filters} measures the same at length, with speed, beside the peers.
 */
@Timeout(600)
class FilteredSearchIT {

  private static final double RECALL = 0.95;
  private static final int QUERIES = Integer.getInteger("ivf.filters.queries", 60);
  private static final int ROWS = Integer.getInteger("ivf.filters.rows", 24_000);
  private static final int SEGMENTS = 10;

  @TempDir Path temp = Path.of("");

  /** Filters that accept few vectors, which lie together, apart from those nearest to queries. */
  private static final Set<Restriction> APART = EnumSet.of(Restriction.AROUND, Restriction.TOPIC);

  /** How many times as many vectors these score as no filter does, at most. */
  private static final double SCORED = 3;

  private final Map<String, String> wrong = new TreeMap<>();

  @ParameterizedTest
  @ValueSource(strings = {"wordnet-minilm", "fashion-mnist"})
  void everyFilterKeepsItsRecallAndFindsAllThereIs(String name) throws IOException {
    DataSet whole = DataFolder.open(name);
    int step = Math.max(1, whole.base().size() / ROWS);
    int[] rows = IntStream.range(0, whole.base().size() / step).map(row -> row * step).toArray();
    int[] labels = Objects.requireNonNull(whole.labels(), "topics");
    DataSet data = whole.firstQueries(QUERIES).subset(rows, Recall.K);
    RowNearness nearness =
        RowNearness.of(data, IntStream.of(rows).map(row -> labels[row]).toArray());
    byte[] tags = Tagging.of(data.base());
    KnnVectorsFormat format =
        new IvfVectorsFormat(IvfParams.DEFAULT, Ports.LOCAL.withSource(new LastCodebook()));
    for (int segments : new int[] {1, SEGMENTS}) {
      Path folder = temp.resolve("segments-" + segments);
      try (VectorIndex index = VectorIndex.write(folder, data, format, segments)) {
        assertEquals(segments, index.segments());
        check(index, nearness, tags, all(rows.length));
      }
      FixedBitSet live = delete(folder, rows.length);
      try (VectorIndex index = VectorIndex.open(folder)) {
        assertEquals(live.cardinality(), index.reader().numDocs());
        check(index, nearness, tags, live);
      }
    }
    assertTrue(wrong.isEmpty(), () -> String.join("\n", wrong.values()));
  }

  private static FixedBitSet all(int rows) {
    FixedBitSet all = new FixedBitSet(rows);
    all.set(0, rows);
    return all;
  }

  /** Deletes a fifth of the documents; returns the others. */
  private static FixedBitSet delete(Path folder, int rows) throws IOException {
    SplittableRandom random = new SplittableRandom(7);
    long[] deleted = LongStream.range(0, rows).filter(_ -> random.nextInt(5) == 0).toArray();
    IndexWriterConfig config = new IndexWriterConfig().setMergePolicy(NoMergePolicy.INSTANCE);
    try (Directory directory = FSDirectory.open(folder);
        IndexWriter writer = new IndexWriter(directory, config)) {
      writer.deleteDocuments(NumericDocValuesField.newSlowSetQuery("row", deleted));
    }
    FixedBitSet live = all(rows);
    for (long row : deleted) {
      live.clear((int) row);
    }
    return live;
  }

  private void check(VectorIndex index, RowNearness rows, byte[] tags, FixedBitSet live)
      throws IOException {
    double unfiltered = 0;
    for (Restriction restriction : Restriction.values()) {
      RowSets sets = restriction.sets(rows, tags).orElseThrow();
      FilterTruth truth = new FilterTruth(rows, sets, live);
      List<RowsQuery> filters = new ArrayList<>();
      for (FixedBitSet set : sets.sets()) {
        filters.add(new RowsQuery(set, index.reader().leaves()));
      }
      for (boolean cached : new boolean[] {false, true}) {
        String what =
            "%2d segments, %2d %% deleted, %s%s"
                .formatted(
                    index.segments(),
                    100 * index.reader().numDeletedDocs() / index.reader().maxDoc(),
                    restriction.title(),
                    cached ? ", cached" : "");
        Found found = search(index, rows, filters, cached);
        unfiltered = restriction == Restriction.NONE ? found.scored : unfiltered;
        boolean apart = APART.contains(restriction);
        judge(what, truth, found, apart ? SCORED * unfiltered : Double.POSITIVE_INFINITY);
      }
    }
  }

  /**
   * What searches found.
   *
   * @param rows [QUERIES * K], −1 where fewer were found
   * @param scored vectors exactly, on average
   */
  private record Found(int[] rows, double scored) {}

  private void judge(String what, FilterTruth truth, Found found, double mostScored)
      throws IOException {
    FilterTruth.Judgement judgement =
        truth.judge(IntStream.range(0, QUERIES).toArray(), found.rows);
    String line =
        "%-60s %8.0f matches, recall %.4f, 5 %% %.2f, too few hits %.3f, %5.0f scored"
            .formatted(
                what,
                truth.matches(),
                judgement.recall(),
                judgement.recall5(),
                judgement.shortShare(),
                found.scored);
    System.out.println(line);
    if (judgement.recall() < RECALL || judgement.shortShare() > 0 || found.scored > mostScored) {
      wrong.put(what, line);
    }
  }

  private static Found search(
      VectorIndex index, RowNearness rows, List<RowsQuery> filters, boolean cached)
      throws IOException {
    IndexSearcher searcher = index.searcher();
    searcher.setQueryCache(
        cached ? new LRUQueryCache(1_000, 64 << 20, _ -> true, Float.POSITIVE_INFINITY) : null);
    searcher.setQueryCachingPolicy(new CacheEverything());
    long scored = 0;
    int[] found = new int[QUERIES * Recall.K];
    Arrays.fill(found, -1);
    for (int query = 0; query < QUERIES; query++) {
      Query filter = filters.get(filters.size() == 1 ? 0 : query);
      IvfKnnFloatVectorQuery search =
          new IvfKnnFloatVectorQuery(
              VectorIndex.FIELD, rows.set().queries().row(query), Recall.K, filter);
      if (cached) {
        searcher.search(search, Recall.K);
      }
      NearestHits nearest = search.search(searcher);
      scored += nearest.report().vectorsScored();
      ScoreDoc[] hits = nearest.topDocs().scoreDocs;
      for (int i = 0; i < hits.length; i++) {
        found[query * Recall.K + i] = index.row(hits[i].doc);
      }
    }
    return new Found(found, (double) scored / QUERIES);
  }
}
