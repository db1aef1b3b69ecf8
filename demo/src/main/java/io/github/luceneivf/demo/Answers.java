// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.demo;

import io.github.luceneivf.hybrid.HybridHit;
import io.github.luceneivf.hybrid.HybridHits;
import io.github.luceneivf.hybrid.HybridQuery;
import io.github.luceneivf.hybrid.HybridSearcher;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.StoredFields;
import org.apache.lucene.queryparser.simple.SimpleQueryParser;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.Query;

/** Shows what keyword search, vector search and both together find, side by side. */
final class Answers {

  /** Asked in every run. */
  static final List<String> QUERIES =
      List.of(
          "fear of small enclosed rooms",
          "animal that carries its young in a pouch",
          "unable to read or write",
          "money paid to an official in return for a favor",
          "missing your family while far away",
          "a long time without rain");

  private static final int HITS = 3;
  private static final int GAP = 3;

  private final Screen screen;
  private final IndexSearcher searcher;
  private final SimpleQueryParser parser;

  /** Shows answers from {@code reader}, which the caller closes after the last. */
  Answers(Screen screen, DirectoryReader reader, Analyzer analyzer) {
    this.screen = screen;
    this.searcher = new IndexSearcher(reader);
    // No operators: a user's query is words.
    this.parser =
        new SimpleQueryParser(analyzer, Map.of(VectorIndex.LEMMAS, 1.5f, VectorIndex.GLOSS, 1f), 0);
  }

  /** Shows answers from {@code reader} with the analyzer that the index was written with. */
  static Answers english(Screen screen, DirectoryReader reader) {
    return new Answers(screen, reader, new EnglishAnalyzer());
  }

  /**
   * Answers a query and shows the best hits.
   *
   * @param vector embedding of the query
   */
  void show(String query, float[] vector) throws IOException {
    Query keyword = parser.parse(query);
    Query nearest = new KnnFloatVectorQuery(VectorIndex.VECTOR, vector, HITS);
    HybridHits fused = new HybridSearcher(searcher).search(HybridQuery.of(HITS, keyword, nearest));
    screen.print("");
    screen.print(screen.bold("“" + query + "”"));
    List<List<String>> columns =
        List.of(
            column("keyword", docs(keyword)),
            column("vector", docs(nearest)),
            column("fused", fused.hits().stream().mapToInt(HybridHit::doc).toArray()));
    print(columns);
  }

  private int[] docs(Query query) throws IOException {
    return Arrays.stream(searcher.search(query, HITS).scoreDocs).mapToInt(hit -> hit.doc).toArray();
  }

  private int columnWidth() {
    // 3 columns, 2 gaps, and the indentation of every line.
    return (screen.width() - 3 - 2 * GAP) / 3;
  }

  /** Returns the lines of a column: its name, then for each hit its words and its gloss. */
  private List<String> column(String name, int[] docs) throws IOException {
    int width = columnWidth();
    StoredFields stored = searcher.storedFields();
    List<String> lines = new ArrayList<>();
    lines.add(name);
    for (int i = 0; i < docs.length; i++) {
      Document document = stored.document(docs[i]);
      String words = (i + 1) + " " + document.get(VectorIndex.LEMMAS);
      lines.add(Table.wrap(words, width, 1).getFirst());
      List<String> gloss = Table.wrap(document.get(VectorIndex.GLOSS), width - 2, 2);
      gloss.forEach(line -> lines.add("  " + line));
      if (gloss.size() < 2) {
        lines.add("");
      }
    }
    if (docs.length == 0) {
      lines.add("  nothing");
    }
    return lines;
  }

  private void print(List<List<String>> columns) {
    int width = columnWidth();
    int rows = columns.stream().mapToInt(List::size).max().orElse(0);
    for (int row = 0; row < rows; row++) {
      StringBuilder line = new StringBuilder();
      for (List<String> column : columns) {
        String cell = row < column.size() ? column.get(row) : "";
        String pad = " ".repeat(Math.max(0, width - cell.length()) + GAP);
        line.append(style(row, cell)).append(pad);
      }
      screen.print(line.toString().stripTrailing());
    }
  }

  /** A column is its name, then three lines for each hit, of which the first are words. */
  private String style(int row, String cell) {
    if (row == 0) {
      return screen.dim(cell);
    }
    return row % 3 == 1 ? screen.bold(cell) : cell;
  }
}
