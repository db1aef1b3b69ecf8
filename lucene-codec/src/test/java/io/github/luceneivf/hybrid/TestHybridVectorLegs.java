// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.hybrid;

import io.github.luceneivf.search.IvfKnnFloatVectorQuery;
import java.io.IOException;
import java.util.List;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnByteVectorField;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.BoostQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnByteVectorQuery;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.PatienceKnnVectorQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.analysis.MockAnalyzer;
import org.apache.lucene.tests.util.LuceneTestCase;

/** A leg whose vector has no angle to anything fails the search before any leg is searched. */
public class TestHybridVectorLegs extends LuceneTestCase {

  private static final Query WORD = new TermQuery(new Term("text", "ant"));

  private Directory dir;
  private IndexReader reader;

  @Override
  public void setUp() throws Exception {
    super.setUp();
    dir = newDirectory();
    try (IndexWriter writer =
        new IndexWriter(dir, new IndexWriterConfig(new MockAnalyzer(random())))) {
      for (int i = 1; i < 20; i++) {
        Document doc = new Document();
        doc.add(new TextField("text", "ant", Field.Store.NO));
        float[] floats = {i, 1};
        byte[] bytes = {(byte) i, 1};
        doc.add(new KnnFloatVectorField("floats", floats, VectorSimilarityFunction.COSINE));
        doc.add(new KnnByteVectorField("bytes", bytes, VectorSimilarityFunction.COSINE));
        doc.add(new KnnByteVectorField("l2", bytes, VectorSimilarityFunction.EUCLIDEAN));
        writer.addDocument(doc);
      }
    }
    reader = DirectoryReader.open(dir);
  }

  @Override
  public void tearDown() throws Exception {
    reader.close();
    dir.close();
    super.tearDown();
  }

  private HybridHits search(HybridQuery query) throws IOException {
    return new HybridSearcher(new IndexSearcher(reader)).search(query);
  }

  public void testLegsWithoutAnAngleFailBeforeAnythingIsSearched() {
    KnnFloatVectorQuery floats = new KnnFloatVectorQuery("floats", new float[2], 3);
    KnnByteVectorQuery bytes = new KnnByteVectorQuery("bytes", new byte[2], 3);
    List<LegQuery> legs =
        List.of(
            LegQuery.of(floats),
            LegQuery.of(bytes),
            LegQuery.of(new KnnFloatVectorQuery("floats", new float[] {1e-25f, 0}, 3)),
            LegQuery.of(new IvfKnnFloatVectorQuery("floats", new float[2], 3)),
            LegQuery.of(new BoostQuery(bytes, 2)),
            LegQuery.of(PatienceKnnVectorQuery.fromFloatQuery(floats)),
            (window, filter) ->
                new BooleanQuery.Builder()
                    .add(WORD, Occur.SHOULD)
                    .add(floats, Occur.SHOULD)
                    .build());
    Query untouched = HybridTestCase.failing(new IllegalStateException("searched"));
    for (LegQuery leg : legs) {
      HybridQuery query =
          HybridQuery.of(5, HybridLeg.of("keyword", untouched), HybridLeg.of("vector", leg));
      Exception e = assertThrows(IllegalArgumentException.class, () -> search(query));
      String message = String.valueOf(e.getMessage());
      assertTrue(message, message.contains("where the similarity is COSINE, got: "));
    }
  }

  public void testOtherLegsAreSearched() throws IOException {
    for (Query vector :
        new Query[] {
          new KnnFloatVectorQuery("floats", new float[] {0, -1}, 3),
          new KnnByteVectorQuery("bytes", new byte[] {0, -1}, 3),
          new KnnByteVectorQuery("l2", new byte[2], 3),
          new KnnFloatVectorQuery("none", new float[2], 3)
        }) {
      assertEquals(5, search(HybridQuery.of(5, WORD, vector)).hits().size());
    }
  }

  public void testVectorsThatAreNotFiniteAreNamedWhenALegIsMade() {
    Exception e =
        assertThrows(
            IllegalArgumentException.class,
            () -> new IvfKnnFloatVectorQuery("floats", new float[] {1, Float.NaN}, 3));
    assertEquals("field=\"floats\": vector[1] must be finite, got: NaN", e.getMessage());
    Exception stock =
        assertThrows(
            IllegalArgumentException.class,
            () -> new KnnFloatVectorQuery("floats", new float[] {1, Float.NaN}, 3));
    assertEquals("non-finite value at vector[1]=NaN", stock.getMessage());
  }
}
