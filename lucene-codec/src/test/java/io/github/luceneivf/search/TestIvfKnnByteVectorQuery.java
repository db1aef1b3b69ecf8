// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.search;

import io.github.luceneivf.codec.ByteRows;
import io.github.luceneivf.codec.IvfVectorsFormat;
import io.github.luceneivf.codec.ManySegments;
import io.github.luceneivf.codec.VectorIndexing;
import io.github.luceneivf.codec.config.IvfParams;
import io.github.luceneivf.codec.config.IvfParams.Thresholds;
import io.github.luceneivf.codec.config.ListSizing;
import io.github.luceneivf.probe.IvfSearchStrategy;
import io.github.luceneivf.probe.ProbeReport;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnByteVectorQuery;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.search.CheckHits;
import org.apache.lucene.tests.search.QueryUtils;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.jspecify.annotations.Nullable;

/** What the query of bytes finds, on segments of our format, of another, and of both. */
public class TestIvfKnnByteVectorQuery extends LuceneTestCase {

  private static final String FIELD = VectorIndexing.FIELD;
  private static final int N = 400;
  private static final int DIM = 8;

  private static final IvfSearchStrategy EVERYTHING =
      IvfSearchStrategy.nprobe(1 << 16).oversample(1000);

  private final ByteRows rows = ByteRows.clusters(N + 20, DIM, 12, random().nextLong());

  private static KnnVectorsFormat lists() {
    return new IvfVectorsFormat(
        IvfParams.DEFAULT
            .withThresholds(new Thresholds(0, 1, 0))
            .withSizing(ListSizing.fixed(1 + random().nextInt(8))));
  }

  private static List<KnnVectorsFormat> formats() {
    return List.of(lists(), new IvfVectorsFormat(), new Lucene99HnswVectorsFormat());
  }

  /** Adds rows [from, to) in two segments. */
  private void add(
      Directory directory, KnnVectorsFormat format, int from, int to, VectorSimilarityFunction f)
      throws IOException {
    try (IndexWriter writer = new IndexWriter(directory, VectorIndexing.config(format))) {
      rows.add(writer, from, (from + to) / 2, f);
      writer.flush();
      rows.add(writer, (from + to) / 2, to, f);
    }
  }

  private static IvfKnnByteVectorQuery nearest(byte[] target, int k, @Nullable Query filter) {
    return new IvfKnnByteVectorQuery(FIELD, target, k, filter, EVERYTHING);
  }

  /** Scores of the k best of the accepted rows, best first. */
  private List<Float> exact(
      byte[] target, int k, VectorSimilarityFunction f, IntPredicate accepted) {
    List<Float> scores = new ArrayList<>();
    for (int row = 0; row < N; row++) {
      if (accepted.test(row)) {
        scores.add(f.compare(rows.row(row), target));
      }
    }
    scores.sort((a, b) -> Float.compare(b, a));
    return scores.subList(0, Math.min(k, scores.size()));
  }

  private static List<Float> scores(IndexSearcher searcher, Query query) throws IOException {
    List<Float> scores = new ArrayList<>();
    for (ScoreDoc hit : searcher.search(query, N).scoreDocs) {
      scores.add(hit.score);
    }
    return scores;
  }

  public void testEverySegmentFilterAndDeleteOfEveryFormat() throws Exception {
    for (VectorSimilarityFunction f : VectorSimilarityFunction.values()) {
      try (Directory directory = new ByteBuffersDirectory()) {
        int quarter = N / 4;
        add(directory, lists(), 0, quarter, f);
        add(directory, new IvfVectorsFormat(), quarter, 2 * quarter, f);
        add(directory, new Lucene99HnswVectorsFormat(), 2 * quarter, N, f);
        try (IndexWriter writer = new IndexWriter(directory, VectorIndexing.config(lists()))) {
          writer.deleteDocuments(ManySegments.mods(4));
        }
        try (DirectoryReader reader = DirectoryReader.open(directory)) {
          assertEquals(6, reader.leaves().size());
          IndexSearcher searcher = new IndexSearcher(reader);
          for (int query = N; query < N + 20; query++) {
            byte[] target = rows.row(query);
            IntPredicate live = row -> row % 10 != 4;
            assertEquals(exact(target, 7, f, live), scores(searcher, nearest(target, 7, null)));
            IntPredicate few = row -> row % 10 == 5;
            assertEquals(
                exact(target, 60, f, few),
                scores(searcher, nearest(target, 60, ManySegments.mods(4, 5))));
            assertEquals(List.of(), scores(searcher, nearest(target, 3, ManySegments.mods(4))));
            ProbeReport report = nearest(target, 7, null).search(searcher).report();
            assertTrue(report.toString(), report.vectorsScored() >= quarter);
          }
        }
      }
    }
  }

  public void testIsAQueryLikeAnyOther() throws Exception {
    for (KnnVectorsFormat format : formats()) {
      try (Directory directory = new ByteBuffersDirectory()) {
        // One segment: the check searches each leaf by itself.
        try (IndexWriter writer = new IndexWriter(directory, VectorIndexing.config(format))) {
          rows.add(writer, 0, N, VectorSimilarityFunction.EUCLIDEAN);
        }
        try (DirectoryReader reader = DirectoryReader.open(directory)) {
          IndexSearcher searcher = new IndexSearcher(reader);
          Query query = nearest(rows.row(N), 5, null);
          QueryUtils.check(random(), query, searcher, false);
          CheckHits.checkExplanations(query, FIELD, searcher);
          assertEquals(5, searcher.count(query));
          searcher.setTimeout(() -> true);
          assertEquals(0, searcher.search(query, 3).scoreDocs.length);
        }
      }
    }
  }

  /** Whatever the query of whatever kind is wrong about, Lucene's own format says the same. */
  public void testErrorsAreLucenes() throws Exception {
    float[] floats = {1, 2, 3};
    byte[] bytes = {1, 2, 3};
    List<Query> wrong =
        List.of(
            new IvfKnnByteVectorQuery("floats", bytes, 3),
            new KnnByteVectorQuery("floats", bytes, 3),
            new IvfKnnFloatVectorQuery(FIELD, floats, 3),
            new KnnFloatVectorQuery(FIELD, floats, 3),
            new IvfKnnByteVectorQuery(FIELD, new byte[] {1, 2}, 3),
            new KnnByteVectorQuery(FIELD, new byte[] {1, 2}, 3),
            new IvfKnnByteVectorQuery("id", bytes, 3),
            new IvfKnnByteVectorQuery("none", bytes, 3));
    List<List<String>> said = new ArrayList<>();
    for (KnnVectorsFormat format : formats()) {
      try (Directory directory = new ByteBuffersDirectory()) {
        try (IndexWriter writer = new IndexWriter(directory, VectorIndexing.config(format))) {
          for (int row = 0; row < 30; row++) {
            Document document = rows.document(row, VectorSimilarityFunction.COSINE);
            document.add(new KnnFloatVectorField("floats", new float[] {row, 1, 1}));
            writer.addDocument(document);
          }
        }
        try (DirectoryReader reader = DirectoryReader.open(directory)) {
          IndexSearcher searcher = new IndexSearcher(reader);
          said.add(wrong.stream().map(query -> outcome(searcher, query)).toList());
        }
      }
    }
    assertEquals(said.get(2), said.get(0));
    assertEquals(said.get(2), said.get(1));
  }

  private static String outcome(IndexSearcher searcher, Query query) {
    try {
      return "found " + searcher.search(query, 3).scoreDocs.length;
    } catch (IOException | RuntimeException e) {
      return e.toString();
    }
  }

  public void testZerosHaveNoAngle() throws Exception {
    for (KnnVectorsFormat format : formats()) {
      try (Directory directory = new ByteBuffersDirectory()) {
        add(directory, format, 0, 60, VectorSimilarityFunction.COSINE);
        try (DirectoryReader reader = DirectoryReader.open(directory)) {
          IndexSearcher searcher = new IndexSearcher(reader);
          Query zeros = new IvfKnnByteVectorQuery(FIELD, new byte[DIM], 3);
          Exception e =
              assertThrows(IllegalArgumentException.class, () -> searcher.search(zeros, 3));
          assertTrue(e.toString(), e.toString().contains("where the similarity is COSINE"));
        }
      }
    }
  }

  /** Documents of zeros; Lucene has none where the similarity is the cosine. */
  public void testVectorsOfZerosAreFound() throws Exception {
    for (VectorSimilarityFunction f : VectorSimilarityFunction.values()) {
      if (f == VectorSimilarityFunction.COSINE) {
        continue;
      }
      try (Directory directory = new ByteBuffersDirectory()) {
        ByteRows zeros = new ByteRows(new byte[100][DIM]);
        try (IndexWriter writer = new IndexWriter(directory, VectorIndexing.config(lists()))) {
          zeros.add(writer, 0, 100, f);
          writer.deleteDocuments(new Term("id", "7"));
        }
        try (DirectoryReader reader = DirectoryReader.open(directory)) {
          IndexSearcher searcher = new IndexSearcher(reader);
          assertEquals(99, searcher.count(nearest(new byte[DIM], 100, null)));
          assertEquals(99, searcher.count(nearest(rows.row(1), 100, null)));
          assertEquals(5, searcher.count(new KnnByteVectorQuery(FIELD, rows.row(1), 5)));
        }
      }
    }
  }
}
