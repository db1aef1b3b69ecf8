// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.hybrid;

import io.github.luceneivf.probe.IvfSearchStrategy;
import io.github.luceneivf.search.IvfKnnFloatVectorQuery;
import io.github.luceneivf.search.UniqueQuery;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.IntPoint;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.BoostQuery;
import org.apache.lucene.search.ConstantScoreQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.analysis.MockAnalyzer;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;

/** An index of words, numbers and vectors in four segments, and queries for it. */
public abstract class HybridTestCase extends LuceneTestCase {

  static final int DOCS = 300;
  static final int DIM = 6;
  private static final String[] WORDS = {"ant", "bee", "cat", "dog", "elk", "fox", "gnu", "hen"};
  private static final VectorSimilarityFunction L2 = VectorSimilarityFunction.EUCLIDEAN;

  private Directory dir;
  IndexReader reader;
  ExecutorService executor;
  final Map<Integer, float[]> vectors = new HashMap<>();

  /** A codec whose vector search is exact, so that the naive answer is the only right one. */
  Codec codec() {
    return TestUtil.alwaysKnnVectorsFormat(new Lucene99HnswVectorsFormat(16, 100, 1 << 30));
  }

  @Override
  public void setUp() throws Exception {
    super.setUp();
    executor = Executors.newFixedThreadPool(2);
    dir = newDirectory();
    IndexWriterConfig config = new IndexWriterConfig(new MockAnalyzer(random()));
    config.setCodec(codec()).setMergePolicy(NoMergePolicy.INSTANCE);
    try (IndexWriter writer = new IndexWriter(dir, config)) {
      for (int doc = 0; doc < DOCS; doc++) {
        writer.addDocument(document(doc));
        if (doc % 110 == 50) {
          writer.flush();
        }
      }
    }
    reader = DirectoryReader.open(dir);
    assertEquals(4, reader.leaves().size());
  }

  @Override
  public void tearDown() throws Exception {
    reader.close();
    dir.close();
    TestUtil.shutdownExecutorService(executor);
    super.tearDown();
  }

  private Document document(int doc) {
    Document document = new Document();
    StringBuilder text = new StringBuilder();
    for (int i = random().nextInt(6); i >= 0; i--) {
      text.append(WORDS[random().nextInt(WORDS.length)]).append(' ');
    }
    document.add(new TextField("text", text.toString(), Field.Store.NO));
    document.add(new IntPoint("number", doc));
    if (random().nextInt(8) != 0) {
      float[] vector = vector();
      vectors.put(doc, vector);
      document.add(new KnnFloatVectorField("vector", vector, L2));
    }
    return document;
  }

  /** Small whole numbers, so that equal scores are frequent. */
  static float[] vector() {
    float[] vector = new float[DIM];
    for (int i = 0; i < DIM; i++) {
      vector[i] = random().nextInt(3);
    }
    return vector;
  }

  static Query keywords() {
    BooleanQuery.Builder query = new BooleanQuery.Builder();
    for (int i = random().nextInt(3); i >= 0; i--) {
      query.add(term(WORDS[random().nextInt(WORDS.length)]), Occur.SHOULD);
    }
    return query.build();
  }

  static Query term(String word) {
    return new TermQuery(new Term("text", word));
  }

  static Query nearest(float[] target) {
    IvfSearchStrategy all = IvfSearchStrategy.nprobe(9);
    return random().nextBoolean()
        ? new IvfKnnFloatVectorQuery("vector", target, 1, null, all)
        : new KnnFloatVectorQuery("vector", target, 1, null, all);
  }

  IndexSearcher searcher() {
    return new IndexSearcher(reader, random().nextBoolean() ? executor : null);
  }

  Map<Integer, Float> keywordScores(Query query) throws IOException {
    Map<Integer, Float> scores = new HashMap<>();
    for (ScoreDoc hit : new IndexSearcher(reader).search(query, DOCS).scoreDocs) {
      scores.put(hit.doc, hit.score);
    }
    return scores;
  }

  Map<Integer, Float> vectorScores(float[] target) {
    Map<Integer, Float> scores = new HashMap<>();
    vectors.forEach((doc, vector) -> scores.put(doc, L2.compare(target, vector)));
    return scores;
  }

  /** Gives document {@code i} the score {@code scores[i]}; 0 means no match. */
  static Query fixed(float[] scores) {
    BooleanQuery.Builder query = new BooleanQuery.Builder();
    for (int doc = 0; doc < scores.length; doc++) {
      if (scores[doc] > 0) {
        Query number = new ConstantScoreQuery(IntPoint.newExactQuery("number", doc));
        query.add(new BoostQuery(number, scores[doc]), Occur.SHOULD);
      }
    }
    return query.build();
  }

  static Query failing(Throwable failure) {
    return new UniqueQuery() {
      @Override
      public Query rewrite(IndexSearcher searcher) throws IOException {
        if (failure instanceof IOException e) {
          throw e;
        }
        throw (IllegalStateException) failure;
      }
    };
  }
}
