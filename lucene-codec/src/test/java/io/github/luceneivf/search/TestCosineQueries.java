// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.search;

import io.github.luceneivf.codec.IvfVectorsFormat;
import io.github.luceneivf.codec.config.IvfParams;
import io.github.luceneivf.codec.config.IvfParams.Thresholds;
import io.github.luceneivf.codec.config.ListSizing;
import io.github.luceneivf.probe.QueryVectors;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnByteVectorField;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.MultiReader;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;

/** Queries that have no angle to anything are refused, on every kind of segment alike. */
public class TestCosineQueries extends LuceneTestCase {

  private static final int DIM = 8;
  private static final String COSINE = "cosine";

  /** Every kind of segment. */
  private static Map<String, KnnVectorsFormat> formats() {
    Map<String, KnnVectorsFormat> formats = new LinkedHashMap<>();
    formats.put("HNSW", new Lucene99HnswVectorsFormat());
    formats.put("neither codes nor lists", new IvfVectorsFormat());
    Thresholds oneList = new Thresholds(0, Integer.MAX_VALUE, 0);
    formats.put("one list", new IvfVectorsFormat(IvfParams.DEFAULT.withThresholds(oneList)));
    formats.put(
        "lists",
        new IvfVectorsFormat(
            IvfParams.DEFAULT
                .withThresholds(new Thresholds(0, 1, 0))
                .withSizing(ListSizing.fixed(4))));
    return formats;
  }

  private static void index(Directory dir, KnnVectorsFormat format) throws IOException {
    IndexWriterConfig config =
        new IndexWriterConfig().setCodec(TestUtil.alwaysKnnVectorsFormat(format));
    try (IndexWriter writer = new IndexWriter(dir, config)) {
      for (int i = 0; i < 60; i++) {
        float[] floats = new float[DIM];
        byte[] bytes = new byte[DIM];
        for (int d = 0; d < DIM; d++) {
          floats[d] = (float) random().nextGaussian();
          bytes[d] = (byte) (1 + random().nextInt(100));
        }
        Document doc = new Document();
        doc.add(new KnnFloatVectorField(COSINE, floats, VectorSimilarityFunction.COSINE));
        doc.add(new KnnFloatVectorField("l2", floats, VectorSimilarityFunction.EUCLIDEAN));
        doc.add(
            new KnnFloatVectorField("mip", floats, VectorSimilarityFunction.MAXIMUM_INNER_PRODUCT));
        doc.add(new KnnByteVectorField("bytes", bytes, VectorSimilarityFunction.COSINE));
        writer.addDocument(doc);
        if (i == 30) {
          writer.flush();
        }
      }
    }
  }

  private static float[] filled(float value) {
    float[] vector = new float[DIM];
    Arrays.fill(vector, value);
    return vector;
  }

  /** A filter that must not be looked at. */
  private static Query untouchable() {
    return new UniqueQuery() {
      @Override
      public Query rewrite(IndexSearcher searcher) {
        throw new AssertionError("searched");
      }
    };
  }

  public void testVectorsWithoutAnAngleAreRefusedBeforeAnySearch() throws IOException {
    for (Map.Entry<String, KnnVectorsFormat> format : formats().entrySet()) {
      try (Directory dir = newDirectory()) {
        index(dir, format.getValue());
        try (IndexReader reader = DirectoryReader.open(dir)) {
          IndexSearcher searcher = new IndexSearcher(reader);
          float[] negative = filled(0);
          negative[2] = -0f;
          refused("0.0", searcher, format.getKey(), filled(0));
          refused("0.0", searcher, format.getKey(), negative);
          refused("2.8284", searcher, format.getKey(), filled(1e-20f));
          refused("2.8284", searcher, format.getKey(), filled(1e-30f));
          refused("2.8284", searcher, format.getKey(), filled(1e19f));
          refused("9.6", searcher, format.getKey(), filled(Float.MAX_VALUE));
        }
      }
    }
  }

  private static void refused(String length, IndexSearcher searcher, String kind, float[] vector) {
    IvfKnnFloatVectorQuery query = new IvfKnnFloatVectorQuery(COSINE, vector, 3);
    Query filtered = new IvfKnnFloatVectorQuery(COSINE, vector, 3, untouchable());
    Query clause =
        new BooleanQuery.Builder()
            .add(MatchAllDocsQuery.INSTANCE, Occur.SHOULD)
            .add(query, Occur.SHOULD)
            .build();
    List<Callable<Object>> searches =
        List.of(
            () -> query.search(searcher),
            () -> searcher.search(query, 3),
            () -> searcher.search(filtered, 3),
            () -> searcher.search(clause, 3),
            () -> searcher.count(query));
    for (Callable<Object> search : searches) {
      Exception e = assertThrows(kind, IllegalArgumentException.class, search::call);
      String message = String.valueOf(e.getMessage());
      assertTrue(
          kind + ": " + message,
          message.startsWith(
              "field=\"cosine\": length of a query's vector must be in [1.09E-19, 1.84E19] where"
                  + " the similarity is COSINE, got: "
                  + length));
    }
  }

  public void testShortAndLongVectorsThatCanBeComparedFindTheSame() throws IOException {
    for (Map.Entry<String, KnnVectorsFormat> format : formats().entrySet()) {
      try (Directory dir = newDirectory()) {
        index(dir, format.getValue());
        try (IndexReader reader = DirectoryReader.open(dir)) {
          IndexSearcher searcher = new IndexSearcher(reader);
          ScoreDoc[] unit = nearest(searcher, 1);
          for (float scale : new float[] {4e-20f, 1e-10f, 1e10f, 6.4e18f}) {
            ScoreDoc[] scaled = nearest(searcher, scale);
            for (int i = 0; i < unit.length; i++) {
              String what = format.getKey() + ", scale " + scale + ", hit " + i;
              assertEquals(what, unit[i].doc, scaled[i].doc);
              assertEquals(what, unit[i].score, scaled[i].score, 1e-4f);
            }
          }
        }
      }
    }
  }

  private static ScoreDoc[] nearest(IndexSearcher searcher, float scale) throws IOException {
    return searcher.search(new IvfKnnFloatVectorQuery(COSINE, filled(scale), 3), 3).scoreDocs;
  }

  public void testOtherSimilaritiesAndUnknownFieldsTakeZeros() throws IOException {
    for (KnnVectorsFormat format : formats().values()) {
      try (Directory dir = newDirectory()) {
        index(dir, format);
        try (IndexReader reader = DirectoryReader.open(dir)) {
          IndexSearcher searcher = new IndexSearcher(reader);
          for (String field : new String[] {"l2", "mip"}) {
            Query zeros = new IvfKnnFloatVectorQuery(field, filled(0), 3);
            assertEquals(3, searcher.search(zeros, 3).scoreDocs.length);
          }
          assertEquals(0, searcher.count(new IvfKnnFloatVectorQuery("none", filled(0), 3)));
        }
      }
    }
  }

  public void testBytesAreCheckedLikewise() throws IOException {
    try (Directory dir = newDirectory()) {
      index(dir, new IvfVectorsFormat());
      try (IndexReader reader = DirectoryReader.open(dir)) {
        QueryVectors.check(reader, "bytes", new byte[] {0, 0, 0, -1, 0, 0, 0, 0});
        QueryVectors.check(reader, "none", new byte[DIM]);
        assertThrows(
            IllegalArgumentException.class,
            () -> QueryVectors.check(reader, "bytes", new byte[DIM]));
      }
    }
  }

  public void testOneSegmentThatComparesAnglesIsEnough() throws IOException {
    try (Directory none = newDirectory();
        Directory some = newDirectory()) {
      new IndexWriter(none, new IndexWriterConfig()).close();
      index(some, new IvfVectorsFormat());
      try (MultiReader reader =
          new MultiReader(DirectoryReader.open(none), DirectoryReader.open(some))) {
        Query zeros = new IvfKnnFloatVectorQuery(COSINE, filled(0), 3);
        IndexSearcher searcher = new IndexSearcher(reader);
        assertThrows(IllegalArgumentException.class, () -> searcher.search(zeros, 3));
      }
    }
  }

  @SuppressWarnings("NullAway") // null is what is tested
  public void testNoSearcherIsNamed() {
    Exception e =
        assertThrows(
            IllegalArgumentException.class,
            () -> new IvfKnnFloatVectorQuery(COSINE, filled(1), 3).search(null));
    assertEquals("searcher must not be null", e.getMessage());
  }
}
