// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.contender;

import io.github.luceneivf.benchmarks.data.Recall;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.store.Directory;

/**
 * An index that changes all the time: in each round of a {@link DecayScript} some rows go, others
 * come, and all is merged into one segment, which is searched. Confined to one thread.
 */
public final class Decay {

  private static final String ROW = "row";

  private final LuceneContender contender;
  private final PreparedVectors vectors;
  private final float[][] queries;

  /**
   * Prepares an index.
   *
   * @param contender one that is a format of Lucene
   * @param queries asked after each round, at the contender's default settings
   * @throws IllegalArgumentException if the contender is no format of Lucene
   */
  public Decay(Contender contender, PreparedVectors vectors, float[][] queries) {
    if (!(contender instanceof LuceneContender lucene)) {
      throw new IllegalArgumentException(
          "contender must be a format of Lucene, got: " + contender.name());
    }
    this.contender = lucene;
    this.vectors = vectors;
    this.queries = queries;
  }

  /**
   * What a round came to.
   *
   * @param found [queries × k] rows, −1 where there is none
   * @param mergeSeconds the merge
   * @param micros a query, on average, by the clock on the wall
   */
  @SuppressWarnings("ArrayRecordComponent") // carried, never compared
  public record Round(int[] found, double mergeSeconds, double micros) {}

  /**
   * What happened.
   *
   * @param rounds the first before any change
   */
  public record Trace(List<Round> rounds) {}

  /**
   * Runs.
   *
   * @param rounds how many, after the first search
   * @param folder exists and is empty
   */
  public Trace run(int rounds, Path folder) throws IOException {
    DecayScript script = new DecayScript(vectors.base().rows(), rounds);
    LuceneBuild build =
        new LuceneBuild(contender.format(contender.defaults().index()), vectors, Layout.MERGED);
    List<Round> done = new ArrayList<>();
    try (Directory directory = Directories.open(folder);
        IndexWriter writer = build.writer(directory)) {
      for (int row = 0; row < script.size(); row++) {
        writer.addDocument(document(build, row));
      }
      done.add(merge(build, writer, directory));
      for (int i = 0; i < rounds; i++) {
        DecayScript.Round round = script.next();
        for (int row : round.deleted()) {
          writer.deleteDocuments(new Term(ROW, Integer.toString(row)));
        }
        for (int row = round.from(); row < round.to(); row++) {
          writer.addDocument(document(build, row));
        }
        done.add(merge(build, writer, directory));
      }
    }
    return new Trace(done);
  }

  private static Document document(LuceneBuild build, int row) {
    Document document = build.document(row);
    document.add(new StringField(ROW, Integer.toString(row), Field.Store.NO));
    document.add(new NumericDocValuesField(ROW, row));
    return document;
  }

  private Round merge(LuceneBuild build, IndexWriter writer, Directory directory)
      throws IOException {
    long start = System.nanoTime();
    writer.commit();
    build.merge(writer);
    double seconds = (System.nanoTime() - start) / 1e9;
    try (DirectoryReader reader = DirectoryReader.open(directory)) {
      return search(reader, seconds);
    }
  }

  private Round search(DirectoryReader reader, double mergeSeconds) throws IOException {
    IndexSearcher searcher = new IndexSearcher(reader);
    searcher.setQueryCache(null);
    if (reader.leaves().size() != 1) {
      throw new IOException("index must have one segment, got: " + reader.leaves().size());
    }
    ScoreDoc[][] hits = new ScoreDoc[queries.length][];
    long start = System.nanoTime();
    for (int q = 0; q < queries.length; q++) {
      hits[q] =
          searcher.search(
                  contender.query(queries[q], Recall.K, contender.defaults(), null), Recall.K)
              .scoreDocs;
    }
    double micros = (System.nanoTime() - start) / 1e3 / queries.length;
    int[] found = new int[queries.length * Recall.K];
    Arrays.fill(found, -1);
    for (int q = 0; q < queries.length; q++) {
      for (int i = 0; i < hits[q].length; i++) {
        found[q * Recall.K + i] = row(reader, hits[q][i].doc);
      }
    }
    return new Round(found, mergeSeconds, micros);
  }

  private static int row(DirectoryReader reader, int doc) throws IOException {
    NumericDocValues rows =
        Objects.requireNonNull(
            reader.leaves().getFirst().reader().getNumericDocValues(ROW), "rows of documents");
    if (!rows.advanceExact(doc)) {
      throw new IOException("document " + doc + " must have a row");
    }
    return (int) rows.longValue();
  }
}
