// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.codec.IvfVectorsFormat;
import io.github.luceneivf.codec.config.IvfParams;
import io.github.luceneivf.testdata.ExactNeighbors;
import io.github.luceneivf.testdata.VectorGenerators;
import java.io.IOException;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.junit.jupiter.api.Test;

/** Recall after 50 rounds of 1 % deletes, 1 % inserts and a merge is what it was before them. */
class RecallAfterChangesIT {

  private static final int ROUNDS = 50;
  private static final int LIVE = 10_000;
  private static final int CHANGED = LIVE / 100;
  private static final int DIM = 32;
  private static final int QUERIES = 200;
  private static final int K = 10;

  /** Neighbours among all rows that ever are: ten of them are there in each round. */
  private static final int NEIGHBORS = 150;

  private static final long SEED = 16_552;
  private static final String FIELD = "vector";
  private static final String ROW = "row";

  private final int all = LIVE + ROUNDS * CHANGED;
  private final FloatMatrix rows = VectorGenerators.clusters(all + QUERIES, DIM, 120, 0.6, SEED);
  private final int[][] neighbors =
      ExactNeighbors.topK(
          VectorGenerators.slice(rows, 0, all),
          VectorGenerators.slice(rows, all, all + QUERIES),
          NEIGHBORS,
          Metric.EUCLIDEAN);
  private final BitSet live = new BitSet();

  @Test
  void recallDoesNotDecay() throws IOException {
    Random random = new Random(SEED);
    IndexWriterConfig config =
        new IndexWriterConfig()
            .setCodec(VectorIndex.codec(new IvfVectorsFormat(IvfParams.DEFAULT)))
            .setMaxBufferedDocs(2 * LIVE)
            .setRAMBufferSizeMB(IndexWriterConfig.DISABLE_AUTO_FLUSH);
    try (Directory directory = new ByteBuffersDirectory();
        IndexWriter writer = new IndexWriter(directory, config)) {
      add(writer, 0, LIVE);
      double first = mergeAndSearch(writer);
      double least = first;
      double last = first;
      for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < CHANGED; i++) {
          int row = anyOf(live, random);
          live.clear(row);
          writer.deleteDocuments(new Term(ROW, Integer.toString(row)));
        }
        int from = LIVE + round * CHANGED;
        add(writer, from, from + CHANGED);
        last = mergeAndSearch(writer);
        least = Math.min(least, last);
      }
      System.out.printf(
          Locale.ROOT,
          "recall@10 before any change %.4f, after %d rounds %.4f, lowest %.4f (seed %d)%n",
          first,
          ROUNDS,
          last,
          least,
          SEED);
      assertTrue(first >= 0.95, "before any change: " + first);
      assertTrue(last >= 0.95, "after all rounds: " + last);
      assertTrue(last >= first - 0.01, "after all rounds: " + last + ", before: " + first);
      assertTrue(least >= 0.94, "lowest of all rounds: " + least);
    }
  }

  private static int anyOf(BitSet rows, Random random) {
    int row = random.nextInt(rows.length());
    while (!rows.get(row)) {
      row = random.nextInt(rows.length());
    }
    return row;
  }

  private void add(IndexWriter writer, int from, int to) throws IOException {
    for (int row = from; row < to; row++) {
      Document document = new Document();
      document.add(new StringField(ROW, Integer.toString(row), Field.Store.NO));
      document.add(new NumericDocValuesField(ROW, row));
      document.add(
          new KnnFloatVectorField(FIELD, rows.row(row), VectorSimilarityFunction.EUCLIDEAN));
      writer.addDocument(document);
    }
    live.set(from, to);
  }

  private double mergeAndSearch(IndexWriter writer) throws IOException {
    writer.forceMerge(1);
    try (DirectoryReader reader = DirectoryReader.open(writer)) {
      assertEquals(1, reader.leaves().size());
      assertEquals(live.cardinality(), reader.numDocs());
      IndexSearcher searcher = new IndexSearcher(reader);
      int found = 0;
      for (int q = 0; q < QUERIES; q++) {
        Set<Integer> expected = new HashSet<>();
        IntStream.of(neighbors[q]).filter(live::get).limit(K).forEach(expected::add);
        assertEquals(K, expected.size(), "neighbours that are left");
        KnnFloatVectorQuery query = new KnnFloatVectorQuery(FIELD, rows.row(all + q), K);
        for (ScoreDoc hit : searcher.search(query, K).scoreDocs) {
          NumericDocValues numbers = reader.leaves().getFirst().reader().getNumericDocValues(ROW);
          assertTrue(numbers.advanceExact(hit.doc));
          found += expected.contains((int) numbers.longValue()) ? 1 : 0;
        }
      }
      return (double) found / QUERIES / K;
    }
  }
}
