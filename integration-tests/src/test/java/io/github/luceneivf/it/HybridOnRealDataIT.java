// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.benchmarks.data.DataSet;
import io.github.luceneivf.benchmarks.data.Tsv;
import io.github.luceneivf.codec.IvfVectorsFormat;
import io.github.luceneivf.hybrid.HybridHit;
import io.github.luceneivf.hybrid.HybridLeg;
import io.github.luceneivf.hybrid.HybridQuery;
import io.github.luceneivf.hybrid.HybridSearcher;
import io.github.luceneivf.hybrid.RankFusion;
import io.github.luceneivf.it.data.DataFolder;
import io.github.luceneivf.search.IvfKnnFloatVectorQuery;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene104.Lucene104Codec;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.util.QueryBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Keywords (BM25, k1 1.2, b 0.75, English stems, title and abstract in one field), vectors, and
 * both fused, on SciFact's judged claims: nDCG@10, with the vector leg once through our format and
 * once through exact search; and pages of fused rankings.
 */
class HybridOnRealDataIT {

  private static final int K = 10;
  private static final int PAGES = 5;
  private static final HybridLeg[] NO_LEGS = {};

  @TempDir Path temp = Path.of("");

  /** What is done with the queries once their data is indexed. */
  private interface Body {
    void accept(Run run) throws IOException;
  }

  private void onScifact(Body body) throws IOException {
    DataSet data = DataFolder.open("scifact-minilm");
    Path folder = DataFolder.require(data.name());
    Tsv docs = Tsv.read(folder.resolve("docs.tsv.gz"));
    Tsv queries = Tsv.read(folder.resolve("queries.tsv.gz"));
    Map<String, Set<String>> relevant = relevant(Tsv.read(folder.resolve("qrels.tsv.gz")));
    try (Analyzer analyzer = new EnglishAnalyzer();
        Directory directory = FSDirectory.open(temp)) {
      index(directory, analyzer, data, docs);
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        assertEquals(1, reader.leaves().size());
        body.accept(new Run(new IndexSearcher(reader), analyzer, data, docs, queries, relevant));
      }
    }
  }

  @Test
  void fusionIsWorthItOnScifact() throws IOException {
    onScifact(run -> {
      RankFusion minMax = new RankFusion.WeightedMinMax();
      RankFusion rrf = new RankFusion.ReciprocalRank();
      System.out.printf("%n%-16s %-34s %8s%n", "data", "search", "nDCG@10");
      double keyword = run.ndcg("keywords alone", minMax, "text");
      double vector = run.ndcg("vectors alone, IVF", minMax, "ivf");
      double exact = run.ndcg("vectors alone, exact", minMax, "exact");
      double fusedMinMax = run.ndcg("weighted min-max, IVF", minMax, "text", "ivf");
      double fusedRrf = run.ndcg("reciprocal rank, IVF", rrf, "text", "ivf");
      double exactMinMax = run.ndcg("weighted min-max, exact", minMax, "text", "exact");
      double exactRrf = run.ndcg("reciprocal rank, exact", rrf, "text", "exact");

      // The figure in the data's description, computed there by brute force.
      assertEquals(0.6451, exact, 0.0005);
      assertEquals(exact, vector, 0.01);
      assertTrue(Math.max(fusedMinMax, fusedRrf) >= Math.max(keyword, vector) - 0.01);
      assertEquals(exactMinMax, fusedMinMax, 0.005);
      assertEquals(exactRrf, fusedRrf, 0.005);
    });
  }

  @Test
  void fivePagesShowEveryHitOnce() throws IOException {
    Paging from = (first, _, shown) -> first.withFrom(shown.size());
    Paging after =
        (first, _, shown) -> shown.isEmpty() ? first : first.withSearchAfter(shown.getLast());
    Paging larger = (first, number, _) -> first.withK(number * K);
    Paging moving = (first, number, _) -> first.withK(number * K).withWindow(number * K * 10);
    onScifact(run -> {
      System.out.printf("%n%-16s %-34s %12s %9s%n", "data", "pages", "show twice", "lose");
      for (RankFusion fusion :
          List.of(new RankFusion.WeightedMinMax(), new RankFusion.ReciprocalRank())) {
        Faults none = new Faults(0, 0);
        assertEquals(none, run.pages("from", fusion, from, larger));
        assertEquals(none, run.pages("searchAfter", fusion, after, larger));
        assertEquals(none, run.pages("larger k, windows kept", fusion, larger, larger));
        // How not to do it: shows that the others do not hold by luck.
        Faults faults = run.pages("larger k, larger windows", fusion, moving, moving);
        assertTrue(faults.queries() > 0 && faults.lost() > 0, "moving windows: " + faults);
      }
    });
  }

  /** How a page is asked for. */
  private interface Paging {
    /**
     * Returns the query for a page, or for it and all before.
     *
     * @param number the page, from 1
     * @param shown the hits of the pages before
     */
    HybridQuery page(HybridQuery first, int number, List<HybridHit> shown);
  }

  /**
   * What went wrong in pages 1 to 5.
   *
   * @param queries queries with a hit shown twice
   * @param lost hits of the best fifty, over all queries, that no page showed
   */
  private record Faults(int queries, int lost) {}

  private static void index(Directory directory, Analyzer analyzer, DataSet data, Tsv docs)
      throws IOException {
    KnnVectorsFormat ivf = new IvfVectorsFormat();
    // No graph below a segment size that is never reached: every search is exact.
    KnnVectorsFormat exact = new Lucene99HnswVectorsFormat(16, 100, Integer.MAX_VALUE);
    IndexWriterConfig config =
        new IndexWriterConfig(analyzer)
            .setMergePolicy(NoMergePolicy.INSTANCE)
            .setRAMBufferSizeMB(256)
            .setCodec(
                new Lucene104Codec() {
                  @Override
                  public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
                    return field.equals("ivf") ? ivf : exact;
                  }
                });
    List<String> titles = docs.column("title");
    List<String> texts = docs.column("text");
    try (IndexWriter writer = new IndexWriter(directory, config)) {
      for (int row = 0; row < titles.size(); row++) {
        Document doc = new Document();
        String text = titles.get(row) + " " + texts.get(row);
        doc.add(new TextField("text", text, Field.Store.NO));
        for (String field : List.of("ivf", "exact")) {
          doc.add(
              new KnnFloatVectorField(
                  field, data.base().row(row), VectorSimilarityFunction.DOT_PRODUCT));
        }
        writer.addDocument(doc);
      }
    }
  }

  private static Map<String, Set<String>> relevant(Tsv judgements) {
    List<String> queries = judgements.column("query_id");
    List<String> docs = judgements.column("doc_id");
    Map<String, Set<String>> relevant = new HashMap<>();
    for (int i = 0; i < queries.size(); i++) {
      relevant.computeIfAbsent(queries.get(i), _ -> new HashSet<>()).add(docs.get(i));
    }
    return relevant;
  }

  /** All queries over one index whose document numbers are the rows of {@code docs}. */
  private record Run(
      IndexSearcher searcher,
      Analyzer analyzer,
      DataSet data,
      Tsv docs,
      Tsv queries,
      Map<String, Set<String>> relevant) {

    /** Returns the mean nDCG@10 of the fields' legs, fused with equal weights, and prints it. */
    double ndcg(String name, RankFusion fusion, String... fields) throws IOException {
      List<String> ids = docs.column("id");
      List<String> queryIds = queries.column("id");
      double sum = 0;
      for (int query = 0; query < queryIds.size(); query++) {
        int number = query;
        HybridLeg[] legs =
            List.of(fields).stream()
                .map(field -> HybridLeg.of(field, leg(field, number)))
                .toList()
                .toArray(NO_LEGS);
        List<HybridHit> hits =
            new HybridSearcher(searcher).search(HybridQuery.of(K, legs), fusion).hits();
        List<String> found = hits.stream().map(hit -> ids.get(hit.doc())).toList();
        sum += ndcg(found, relevant.getOrDefault(queryIds.get(query), Set.of()));
      }
      double mean = sum / queryIds.size();
      System.out.printf("%-16s %-34s %8.4f%n", data.name(), name, mean);
      return mean;
    }

    /**
     * Shows five pages for each query, counts what is wrong with them, and prints it.
     *
     * @param whole how the hits are asked for that they should show
     */
    Faults pages(String name, RankFusion fusion, Paging paging, Paging whole) throws IOException {
      HybridSearcher hybrid = new HybridSearcher(searcher);
      int twice = 0;
      int lost = 0;
      int count = queries.column("id").size();
      for (int query = 0; query < count; query++) {
        HybridQuery first = HybridQuery.of(K, leg("text", query), leg("ivf", query));
        List<HybridHit> shown = new ArrayList<>();
        for (int number = 1; number <= PAGES; number++) {
          HybridQuery next = paging.page(first, number, shown);
          List<HybridHit> hits = hybrid.search(next, fusion).hits();
          shown.addAll(hits.subList(Math.min(next.k() - K, hits.size()), hits.size()));
        }
        Set<Integer> distinct = docs(shown);
        twice += distinct.size() < shown.size() ? 1 : 0;
        HybridQuery all = whole.page(first, PAGES, shown);
        Set<Integer> best = docs(hybrid.search(all, fusion).hits());
        best.removeAll(distinct);
        lost += best.size();
      }
      String what = fusion.getClass().getSimpleName() + ", " + name;
      System.out.printf("%-16s %-40s %3d of %d %4d hits%n", data.name(), what, twice, count, lost);
      return new Faults(twice, lost);
    }

    private static Set<Integer> docs(List<HybridHit> hits) {
      Set<Integer> docs = new HashSet<>();
      hits.forEach(hit -> docs.add(hit.doc()));
      return docs;
    }

    private Query leg(String field, int query) {
      return field.equals("text")
          ? new QueryBuilder(analyzer).createBooleanQuery(field, queries.column("query").get(query))
          : new IvfKnnFloatVectorQuery(field, data.queries().row(query), K);
    }

    /** Binary gains, discount log2(rank + 1), over the best possible order of the same number. */
    private static double ndcg(List<String> found, Set<String> relevant) {
      double gained = 0;
      double ideal = 0;
      for (int i = 0; i < K; i++) {
        double discount = Math.log(2) / Math.log(i + 2);
        gained += i < found.size() && relevant.contains(found.get(i)) ? discount : 0;
        ideal += i < relevant.size() ? discount : 0;
      }
      return ideal == 0 ? 0 : gained / ideal;
    }
  }
}
