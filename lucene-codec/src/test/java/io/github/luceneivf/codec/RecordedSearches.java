// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.probe.IvfSearchStrategy;
import io.github.luceneivf.probe.ProbeReport;
import io.github.luceneivf.search.IvfKnnFloatVectorQuery;
import io.github.luceneivf.search.NearestHits;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.SequencedSet;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.QueryTimeout;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermInSetQuery;
import org.apache.lucene.search.TopKnnCollector;
import org.apache.lucene.util.BitSet;
import org.apache.lucene.util.BitSetIterator;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.FixedBitSet;
import org.jspecify.annotations.Nullable;

/**
 * Searches of one index, each told in a line: what was asked, what was looked at, which documents
 * were found. Vectors have small whole numbers for values, so that sums of their products are exact
 * and no score depends on the order in which a machine adds them up.
 */
final class RecordedSearches {

  /** Documents that a line names; of the others it has a checksum. */
  private static final int NAMED = 10;

  private final FloatMatrix rows;
  private final FloatMatrix targets;
  private final VectorSimilarityFunction function;
  private final DirectoryReader reader;

  /** Each once: a search that is repeated should find the same, by joined lists too. */
  private final SequencedSet<String> lines = new LinkedHashSet<>();

  RecordedSearches(
      FloatMatrix rows,
      FloatMatrix targets,
      VectorSimilarityFunction function,
      DirectoryReader reader) {
    this.rows = rows;
    this.targets = targets;
    this.function = function;
    this.reader = reader;
  }

  /** How to search: {@code filter} is null for all documents. */
  record Ask(String filterName, @Nullable Query filter, int k, IvfSearchStrategy strategy) {

    static Ask all(int k) {
      return new Ask("all", null, k, IvfSearchStrategy.CALIBRATED);
    }

    Ask with(IvfSearchStrategy other) {
      return new Ask(filterName, filter, k, other);
    }

    Ask among(String name, Query accepted) {
      return new Ask(name, accepted, k, strategy);
    }

    @Override
    public String toString() {
      return "k=" + k + " " + filterName + " " + strategy.toString().replace("calibrated", "*");
    }
  }

  /**
   * Returns vectors in groups.
   *
   * @param spread of the values of a group about its centre
   * @param scale factor on all values, a power of two
   */
  static FloatMatrix groups(int n, int dim, int groups, int spread, float scale, long seed) {
    Random random = new Random(seed);
    int[][] centres = new int[groups][dim];
    for (int[] centre : centres) {
      for (int d = 0; d < dim; d++) {
        centre[d] = random.nextInt(97) - 48;
      }
    }
    float[] values = new float[n * dim];
    for (int row = 0; row < n; row++) {
      int[] centre = centres[random.nextInt(groups)];
      for (int d = 0; d < dim; d++) {
        int off = random.nextInt(spread) + random.nextInt(spread) - spread;
        values[row * dim + d] = scale * (centre[d] + off);
      }
    }
    return new FloatMatrix(values, n, dim);
  }

  /** Accepts the rows that a predicate holds for. */
  static Query rowsThat(int n, IntPredicate accepted) {
    return new TermInSetQuery(
        "id",
        IntStream.range(0, n).filter(accepted).mapToObj(id -> new BytesRef("" + id)).toList());
  }

  List<String> lines() {
    return List.copyOf(lines);
  }

  private IndexSearcher searcher() {
    IndexSearcher searcher = new IndexSearcher(reader);
    searcher.setQueryCache(null);
    return searcher;
  }

  /** A query of ours, with its report. */
  void ours(int target, Ask ask) throws IOException {
    ours(target, ask, null);
  }

  void ours(int target, Ask ask, @Nullable QueryTimeout timeout) throws IOException {
    IndexSearcher searcher = searcher();
    searcher.setTimeout(timeout);
    NearestHits found =
        new IvfKnnFloatVectorQuery(
                VectorIndexing.FIELD, targets.row(target), ask.k(), ask.filter(), ask.strategy())
            .search(searcher);
    ProbeReport report = found.report();
    add(
        (timeout == null ? "ours " : "late ") + target + " " + ask,
        "%d %d %d %d %d"
            .formatted(
                report.codebooks(),
                report.rankings(),
                report.lists(),
                report.vectorsScanned(),
                report.vectorsScored()),
        target,
        found.topDocs().scoreDocs);
  }

  /** Lucene's query, which searches each segment by itself. */
  void stock(int target, Ask ask) throws IOException {
    Query query =
        new KnnFloatVectorQuery(
            VectorIndexing.FIELD, targets.row(target), ask.k(), ask.filter(), ask.strategy());
    add("stock " + target + " " + ask, "", target, searcher().search(query, ask.k()).scoreDocs);
  }

  /** Everything that is at least as similar as the {@code rank}th nearest. */
  void range(int target, int rank, @Nullable Query filter) throws IOException {
    float[] scores = new float[rows.rows()];
    for (int row = 0; row < scores.length; row++) {
      scores[row] = -function.compare(targets.row(target), rows.row(row));
    }
    Arrays.sort(scores);
    Query query =
        StockRangeQuery.of(VectorIndexing.FIELD, targets.row(target), -scores[rank - 1], filter);
    ScoreDoc[] hits = searcher().search(query, rows.rows()).scoreDocs;
    String how = filter == null ? " all" : " filtered";
    add("range " + target + " rank=" + rank + how, "hits=" + hits.length, target, hits);
  }

  /** The first leaf by itself, with a visit limit, over every {@code step}th document. */
  void limited(int target, Ask ask, int visitLimit, int step) throws IOException {
    LeafReaderContext leaf = reader.leaves().getFirst();
    int[] collected = {0};
    KnnCollector collector =
        new KnnCollector.Decorator(new TopKnnCollector(ask.k(), visitLimit, ask.strategy())) {
          @Override
          public boolean collect(int doc, float score) {
            collected[0]++;
            return super.collect(doc, score);
          }
        };
    leaf.reader()
        .searchNearestVectors(
            VectorIndexing.FIELD, targets.row(target), collector, accepted(leaf, step));
    String limit = visitLimit == Integer.MAX_VALUE ? "none" : "" + visitLimit;
    add(
        "leaf " + target + " " + ask + " limit=" + limit + " step=" + step,
        "visited=%d scored=%d".formatted(collector.visitedCount(), collected[0]),
        target,
        collector.topDocs().scoreDocs);
  }

  private static AcceptDocs accepted(LeafReaderContext leaf, int step) {
    int maxDoc = leaf.reader().maxDoc();
    if (step == 1) {
      return AcceptDocs.fromLiveDocs(leaf.reader().getLiveDocs(), maxDoc);
    }
    BitSet docs = new FixedBitSet(maxDoc);
    for (int doc = 0; doc < maxDoc; doc += step) {
      docs.set(doc);
    }
    return AcceptDocs.fromIteratorSupplier(
        () -> new BitSetIterator(docs, docs.cardinality()), leaf.reader().getLiveDocs(), maxDoc);
  }

  private void add(String asked, String looked, int target, ScoreDoc[] hits) throws IOException {
    IndexSearcher searcher = searcher();
    StringBuilder line = new StringBuilder(asked).append(" | ").append(looked).append(" |");
    CRC32C all = new CRC32C();
    for (int i = 0; i < hits.length; i++) {
      int doc = hits[i].doc;
      float[] row = rows.row(VectorIndexing.row(searcher, doc));
      float score = function.compare(targets.row(target), row);
      assertEquals(score, hits[i].score, 1e-5f * Math.max(1, score), asked + " doc " + doc);
      for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
        all.update(doc >>> shift);
      }
      if (i < NAMED) {
        line.append(' ').append(doc);
      }
    }
    if (hits.length > NAMED) {
      line.append(" +%d %08x".formatted(hits.length - NAMED, all.getValue()));
    }
    lines.add(line.toString().strip());
  }
}
