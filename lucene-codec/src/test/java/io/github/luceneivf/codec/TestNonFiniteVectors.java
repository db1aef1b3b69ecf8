// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec;

import io.github.luceneivf.search.IvfKnnFloatVectorQuery;
import io.github.luceneivf.testdata.VectorGenerators;
import java.io.IOException;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.TopKnnCollector;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.util.LuceneTestCase;

/** NaN and infinity through every way in: each is refused, and says which value is wrong. */
public class TestNonFiniteVectors extends LuceneTestCase {

  private static final int ROWS = 3_000;
  private static final int DIM = 4;
  private static final VectorSimilarityFunction L2 = VectorSimilarityFunction.EUCLIDEAN;

  /** Whatever is not finite. */
  private static final float[] VALUES = {
    Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY
  };

  private static float[] with(float value) {
    return new float[] {1, value, 2, 3};
  }

  private static void assertRefused(float value, ThrowingRunnable action) {
    IllegalArgumentException refused = expectThrows(IllegalArgumentException.class, action);
    String told = String.valueOf(refused.getMessage());
    assertTrue(told, told.contains("vector[1]"));
    assertTrue(told, told.contains("" + value));
  }

  public void testFieldRefuses() {
    for (float value : VALUES) {
      assertRefused(value, () -> new KnnFloatVectorField("v", with(value), L2));
      KnnFloatVectorField field = new KnnFloatVectorField("v", new float[DIM], L2);
      assertRefused(value, () -> field.setVectorValue(with(value)));
    }
  }

  /** The array of a field is the caller's, who may change it after Lucene has looked at it. */
  public void testDocumentIsRefusedAndOthersAreKept() throws IOException {
    try (Directory directory = newDirectory();
        IndexWriter writer =
            new IndexWriter(
                directory, VectorIndexing.config(new IvfVectorsFormat(ManySegments.LISTS)))) {
      VectorIndexing.add(writer, VectorGenerators.uniform(ROWS, DIM, 1), 0, ROWS, L2);
      for (float value : VALUES) {
        float[] vector = with(0);
        Document document = new Document();
        document.add(new KnnFloatVectorField(VectorIndexing.FIELD, vector, L2));
        vector[1] = value;
        assertRefused(value, () -> writer.addDocument(document));
      }
      writer.forceMerge(1);
      try (DirectoryReader reader = DirectoryReader.open(writer)) {
        assertEquals(ROWS, reader.numDocs());
        IndexSearcher searcher = new IndexSearcher(reader);
        float[] target = with(0);
        assertEquals(10, searcher.search(ManySegments.query(target, null), 10).scoreDocs.length);
      }
    }
  }

  public void testQueriesRefuse() throws IOException {
    try (Directory directory = newDirectory()) {
      VectorIndexing.index(
          directory,
          new IvfVectorsFormat(ManySegments.LISTS),
          VectorGenerators.uniform(ROWS, DIM, 1),
          L2,
          1);
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        LeafReader leaf = VectorIndexing.onlyLeaf(reader);
        for (float value : VALUES) {
          float[] target = with(value);
          String field = VectorIndexing.FIELD;
          assertRefused(value, () -> new IvfKnnFloatVectorQuery(field, target, 10));
          assertRefused(value, () -> new KnnFloatVectorQuery(field, target, 10));
          assertRefused(value, () -> StockRangeQuery.of(field, target, 0.5f, null));
          TopKnnCollector collector = new TopKnnCollector(10, Integer.MAX_VALUE);
          assertRefused(
              value,
              () ->
                  leaf.searchNearestVectors(
                      field, target, collector, AcceptDocs.fromLiveDocs(null, ROWS)));
          assertEquals(0, collector.topDocs().scoreDocs.length);
        }
      }
    }
  }

  public void testThresholdMustBeANumber() {
    expectThrows(
        IllegalArgumentException.class,
        () -> StockRangeQuery.of(VectorIndexing.FIELD, with(0), Float.NaN, null));
  }
}
