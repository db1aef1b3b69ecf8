// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.codec.config.IvfParams;
import io.github.luceneivf.codec.config.ListSizing;
import io.github.luceneivf.testdata.VectorGenerators;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnByteVectorField;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.join.BitSetProducer;
import org.apache.lucene.search.join.DiversifyingChildrenByteKnnVectorQuery;
import org.apache.lucene.search.join.DiversifyingChildrenFloatKnnVectorQuery;
import org.apache.lucene.search.join.DiversifyingNearestChildrenKnnCollectorManager;
import org.apache.lucene.search.join.QueryBitSetProducer;
import org.apache.lucene.search.knn.KnnSearchStrategy;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.util.LuceneTestCase;

/** Parents found by their nearest child, where each has many children and they lie together. */
public class TestNestedDocuments extends LuceneTestCase {

  private static final int K = 10;
  private static final int CHILDREN = 6_000;
  private static final int DIM = 40;
  private static final int QUERIES = 30;
  private static final double NOISE = 0.3;
  private static final String BYTES = "bytes";
  private static final VectorSimilarityFunction L2 = VectorSimilarityFunction.EUCLIDEAN;

  private static final IvfVectorsFormat FORMAT =
      new IvfVectorsFormat(
          IvfParams.DEFAULT
              .withThresholds(new IvfParams.Thresholds(0, 500, 2))
              .withSizing(ListSizing.fixed(64)));

  private static final BitSetProducer PARENTS =
      new QueryBitSetProducer(new TermQuery(new Term("kind", "parent")));

  /**
   * Children of some parents, side by side.
   *
   * @param children [CHILDREN × DIM]
   * @param queries as the parents are
   */
  private record Families(FloatMatrix children, FloatMatrix queries, int perParent) {

    static Families of(int perParent, long seed) {
      int parents = CHILDREN / perParent;
      FloatMatrix rows = VectorGenerators.clusters(parents + QUERIES, DIM, 100, 0.7, seed);
      Random random = new Random(seed + 1);
      float[] values = new float[CHILDREN * DIM];
      for (int child = 0; child < CHILDREN; child++) {
        float[] parent = rows.row(child / perParent);
        for (int d = 0; d < DIM; d++) {
          values[child * DIM + d] = (float) (parent[d] + NOISE * random.nextGaussian());
        }
      }
      return new Families(
          new FloatMatrix(values, CHILDREN, DIM),
          VectorGenerators.slice(rows, parents, parents + QUERIES),
          perParent);
    }

    void index(Directory directory, int segments) throws IOException {
      int parents = CHILDREN / perParent;
      try (IndexWriter writer = new IndexWriter(directory, VectorIndexing.config(FORMAT))) {
        for (int parent = 0; parent < parents; parent++) {
          writer.addDocuments(block(parent));
          if ((parent + 1) * segments / parents > parent * segments / parents) {
            writer.flush();
          }
        }
      }
    }

    private List<Document> block(int parent) {
      List<Document> block = new ArrayList<>();
      for (int child = parent * perParent; child < (parent + 1) * perParent; child++) {
        Document document = new Document();
        document.add(new NumericDocValuesField("row", child));
        document.add(new KnnFloatVectorField(VectorIndexing.FIELD, children.row(child), L2));
        document.add(new KnnByteVectorField(BYTES, bytes(children.row(child)), L2));
        block.add(document);
      }
      Document last = new Document();
      last.add(new StringField("kind", "parent", Field.Store.NO));
      block.add(last);
      return block;
    }

    /** Returns the least score that the best child of one of the 10 nearest parents has. */
    float least(float[] target) {
      float[] best = new float[CHILDREN / perParent];
      for (int child = 0; child < CHILDREN; child++) {
        float score = L2.compare(target, children.row(child));
        best[child / perParent] = Math.max(best[child / perParent], score);
      }
      Arrays.sort(best);
      return best[best.length - K];
    }

    double recall(IndexSearcher searcher) throws IOException {
      double sum = 0;
      for (int q = 0; q < QUERIES; q++) {
        Query query =
            new DiversifyingChildrenFloatKnnVectorQuery(
                VectorIndexing.FIELD, queries.row(q), null, K, PARENTS);
        float least = least(queries.row(q));
        Set<Integer> found = new HashSet<>();
        for (ScoreDoc hit : searcher.search(query, K).scoreDocs) {
          int parent = VectorIndexing.row(searcher, hit.doc) / perParent;
          assertTrue("no parent twice", found.add(parent));
          sum += hit.score >= least * (1 - 1e-5f) ? 1.0 / K : 0;
        }
        assertEquals("parents", K, found.size());
      }
      return sum / QUERIES;
    }
  }

  private static byte[] bytes(float[] vector) {
    byte[] bytes = new byte[vector.length];
    for (int d = 0; d < bytes.length; d++) {
      bytes[d] = (byte) Math.clamp(Math.round(vector[d] * 30), -128, 127);
    }
    return bytes;
  }

  private static void check(int perParent, int segments) throws IOException {
    long seed = random().nextLong();
    Families families = Families.of(perParent, seed);
    try (Directory directory = new ByteBuffersDirectory()) {
      families.index(directory, segments);
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        assertEquals(segments, reader.leaves().size());
        double recall = families.recall(new IndexSearcher(reader));
        String what = perParent + " children, " + segments + " segments, seed=" + seed;
        assertTrue(what + ": recall of parents " + recall, recall >= 0.93);
      }
    }
  }

  public void testParentsOfTwoAreFound() throws IOException {
    check(2, 1);
  }

  public void testParentsOfFiveAreFoundInTenSegments() throws IOException {
    check(5, 10);
  }

  public void testParentsOfTwentyAreFound() throws IOException {
    check(20, 1);
    check(20, 10);
  }

  public void testParentsOfAHundredAreFound() throws IOException {
    check(100, 1);
  }

  public void testParentsAreFoundByBytes() throws IOException {
    Families families = Families.of(20, random().nextLong());
    try (Directory directory = new ByteBuffersDirectory()) {
      families.index(directory, 1);
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        IndexSearcher searcher = new IndexSearcher(reader);
        Query query =
            new DiversifyingChildrenByteKnnVectorQuery(
                BYTES, bytes(families.queries.row(0)), null, K, PARENTS);
        Set<Integer> found = new HashSet<>();
        for (ScoreDoc hit : searcher.search(query, K).scoreDocs) {
          found.add(VectorIndexing.row(searcher, hit.doc) / families.perParent);
        }
        assertEquals(K, found.size());
      }
    }
  }

  public void testAFilterOfChildrenKeepsTheParentsOfTheOthers() throws IOException {
    Families families = Families.of(20, random().nextLong());
    try (Directory directory = new ByteBuffersDirectory()) {
      families.index(directory, 1);
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        IndexSearcher searcher = new IndexSearcher(reader);
        Query firstHalf = NumericDocValuesField.newSlowRangeQuery("row", 0, CHILDREN / 2 - 1);
        Query query =
            new DiversifyingChildrenFloatKnnVectorQuery(
                VectorIndexing.FIELD, families.queries.row(0), firstHalf, K, PARENTS);
        ScoreDoc[] hits = searcher.search(query, K).scoreDocs;
        assertEquals(K, hits.length);
        for (ScoreDoc hit : hits) {
          assertTrue(VectorIndexing.row(searcher, hit.doc) < CHILDREN / 2);
        }
      }
    }
  }

  /** Lists probed later bring candidates among those that were reranked before. */
  public void testNoCandidateIsRerankedTwice() throws IOException {
    Families families = Families.of(100, random().nextLong());
    try (Directory directory = new ByteBuffersDirectory()) {
      families.index(directory, 1);
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        LeafReader leaf = VectorIndexing.onlyLeaf(reader);
        for (int q = 0; q < QUERIES; q++) {
          List<Integer> collected = new ArrayList<>();
          KnnCollector collector =
              new KnnCollector.Decorator(
                  new DiversifyingNearestChildrenKnnCollectorManager(
                          K, PARENTS, new IndexSearcher(reader))
                      .newCollector(
                          Integer.MAX_VALUE,
                          KnnSearchStrategy.Hnsw.DEFAULT,
                          reader.leaves().getFirst())) {
                @Override
                public boolean collect(int doc, float similarity) {
                  collected.add(doc);
                  return super.collect(doc, similarity);
                }
              };
          leaf.searchNearestVectors(
              VectorIndexing.FIELD,
              families.queries.row(q),
              collector,
              AcceptDocs.fromLiveDocs(null, leaf.maxDoc()));
          assertEquals("scored twice", collected.size(), new HashSet<>(collected).size());
        }
      }
    }
  }
}
