// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.read;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.codec.IvfVectorsFormat;
import io.github.luceneivf.codec.VectorIndexing;
import io.github.luceneivf.codec.config.IvfParams;
import io.github.luceneivf.search.IvfKnnFloatVectorQuery;
import io.github.luceneivf.testdata.VectorGenerators;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.lucene.codecs.FilterCodec;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.KnnVectorsWriter;
import org.apache.lucene.codecs.hnsw.DefaultFlatVectorScorer;
import org.apache.lucene.codecs.hnsw.FlatVectorsScorer;
import org.apache.lucene.codecs.lucene104.Lucene104Codec;
import org.apache.lucene.codecs.lucene99.Lucene99FlatVectorsFormat;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.index.SegmentReadState;
import org.apache.lucene.index.SegmentWriteState;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.hnsw.RandomVectorScorer;
import org.apache.lucene.util.hnsw.RandomVectorScorerSupplier;

/**
 * How often the vectors of small segments are scored for one query: Lucene's asks a segment again
 * that gave nothing but hits.
 */
public class TestLastScores extends LuceneTestCase {

  private static final int SEGMENTS = 6;
  private static final int N = 1_200;
  private static final int DIM = 16;
  private static final VectorSimilarityFunction L2 = VectorSimilarityFunction.EUCLIDEAN;

  private final AtomicLong scored = new AtomicLong();

  /** Segments of one list, or without codes. */
  private static IvfParams small(boolean coded) {
    int exact = coded ? 0 : 1 << 20;
    return IvfParams.DEFAULT.withThresholds(new IvfParams.Thresholds(exact, 1 << 20, 2));
  }

  public void testSegmentsThatAreAskedAgainAreScoredOnce() throws Exception {
    FloatMatrix rows = VectorGenerators.clusters(N, DIM, 10, 0.5, random().nextLong());
    for (boolean coded : new boolean[] {true, false}) {
      KnnVectorsFormat format = new Counting(new IvfVectorsFormat(small(coded)));
      IndexWriterConfig config =
          new IndexWriterConfig()
              .setMergePolicy(NoMergePolicy.INSTANCE)
              .setCodec(
                  new FilterCodec("Lucene104", new Lucene104Codec()) {
                    @Override
                    public KnnVectorsFormat knnVectorsFormat() {
                      return format;
                    }
                  });
      try (Directory dir = new ByteBuffersDirectory();
          IndexWriter writer = new IndexWriter(dir, config)) {
        for (int segment = 0; segment < SEGMENTS; segment++) {
          int from = segment * N / SEGMENTS;
          VectorIndexing.add(writer, rows, from, from + N / SEGMENTS, L2);
          writer.flush();
        }
        writer.deleteDocuments(new Term("mod", "9"));
        // A near-real-time reader has the codec that counts, not one looked up by its name.
        try (DirectoryReader reader = DirectoryReader.open(writer)) {
          assertEquals(SEGMENTS, reader.leaves().size());
          IndexSearcher searcher = new IndexSearcher(reader);
          int live = N * 9 / 10;
          for (int q = 0; q < 5; q++) {
            float[] query = rows.row(100 * q);
            assertScored(live, searcher, live, nearest(query, N));
            assertScored(
                live, searcher, live, new IvfKnnFloatVectorQuery(VectorIndexing.FIELD, query, N));
            Query three = new TermQuery(new Term("mod", "3"));
            Query filtered = new KnnFloatVectorQuery(VectorIndexing.FIELD, query, N, three);
            assertEquals(N / 10, searcher.count(filtered));
          }
        }
      }
    }
  }

  private static Query nearest(float[] query, int k) {
    return new KnnFloatVectorQuery(VectorIndexing.FIELD, query, k);
  }

  private void assertScored(long times, IndexSearcher searcher, int hits, Query query)
      throws IOException {
    scored.set(0);
    assertEquals(hits, searcher.count(query));
    assertEquals("vectors scored by " + query, times, scored.get());
  }

  /** Another query that asks between the two searches of one takes its scores away, no more. */
  public void testScoresAreThoseOfTheQueryThatAsks() throws Exception {
    FloatMatrix rows = VectorGenerators.clusters(N, DIM, 10, 0.5, random().nextLong());
    try (Directory dir = new ByteBuffersDirectory()) {
      VectorIndexing.index(dir, new IvfVectorsFormat(small(false)), rows, L2, SEGMENTS);
      try (DirectoryReader reader = DirectoryReader.open(dir)) {
        IndexSearcher searcher = new IndexSearcher(reader);
        float[] vector = rows.row(3).clone();
        for (int q = 0; q < 20; q++) {
          // The same array, changed in place: by identity it would be the same query.
          System.arraycopy(rows.row(q * 7), 0, vector, 0, DIM);
          int[] found = VectorIndexing.search(searcher, nearest(vector, N), N);
          assertEquals(N, found.length);
          assertEquals(q * 7, found[0]);
        }
      }
    }
  }

  /** Our format, whose raw vectors count how often they are scored. */
  private final class Counting extends KnnVectorsFormat {
    private final IvfVectorsFormat ours;

    Counting(IvfVectorsFormat ours) {
      super(ours.getName());
      this.ours = ours;
    }

    @Override
    public KnnVectorsWriter fieldsWriter(SegmentWriteState state) throws IOException {
      return ours.fieldsWriter(state);
    }

    @Override
    public KnnVectorsReader fieldsReader(SegmentReadState state) throws IOException {
      return new IvfVectorsReader(state, new Lucene99FlatVectorsFormat(new CountingScorer()));
    }

    @Override
    public int getMaxDimensions(String field) {
      return ours.getMaxDimensions(field);
    }
  }

  private final class CountingScorer implements FlatVectorsScorer {
    private final FlatVectorsScorer plain = DefaultFlatVectorScorer.INSTANCE;

    @Override
    public RandomVectorScorerSupplier getRandomVectorScorerSupplier(
        VectorSimilarityFunction function, KnnVectorValues values) throws IOException {
      return plain.getRandomVectorScorerSupplier(function, values);
    }

    @Override
    public RandomVectorScorer getRandomVectorScorer(
        VectorSimilarityFunction function, KnnVectorValues values, float[] target)
        throws IOException {
      RandomVectorScorer scorer = plain.getRandomVectorScorer(function, values, target);
      return new RandomVectorScorer.AbstractRandomVectorScorer(values) {
        @Override
        public float score(int ord) throws IOException {
          scored.incrementAndGet();
          return scorer.score(ord);
        }
      };
    }

    @Override
    public RandomVectorScorer getRandomVectorScorer(
        VectorSimilarityFunction function, KnnVectorValues values, byte[] target)
        throws IOException {
      return plain.getRandomVectorScorer(function, values, target);
    }
  }
}
