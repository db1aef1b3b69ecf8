// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.codebook.CodebookTrainer;
import io.github.luceneivf.codebook.LocalCodebookTrainer;
import io.github.luceneivf.codebook.TrainedCodebook;
import io.github.luceneivf.codebook.TrainingMonitor;
import io.github.luceneivf.codebook.TrainingRequest;
import io.github.luceneivf.codec.config.IvfParams;
import io.github.luceneivf.codec.config.ListSizing;
import io.github.luceneivf.codec.config.Ports;
import io.github.luceneivf.codec.file.LuceneMetric;
import io.github.luceneivf.probe.ProbeReport;
import io.github.luceneivf.search.IvfKnnFloatVectorQuery;
import io.github.luceneivf.search.NearestHits;
import io.github.luceneivf.testdata.ExactNeighbors;
import io.github.luceneivf.testdata.Recall;
import io.github.luceneivf.testdata.VectorGenerators;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermInSetQuery;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.IOUtils;
import org.jspecify.annotations.Nullable;

/** Indexes of many segments, and searches of them, for tests. */
public final class ManySegments {

  public static final int K = 10;
  public static final int N = 12_000;
  public static final int DIM = 48;
  public static final int QUERIES = 60;
  public static final VectorSimilarityFunction L2 = VectorSimilarityFunction.EUCLIDEAN;

  public static final IvfParams LISTS = params(64);

  private ManySegments() {}

  public static IvfParams params(int nlist) {
    return IvfParams.DEFAULT
        .withThresholds(new IvfParams.Thresholds(0, 1_000, 2))
        .withSizing(ListSizing.fixed(nlist));
  }

  /** Trains every codebook on the same vectors, whichever flush asks. */
  public record TrainerOn(FloatMatrix vectors) implements CodebookTrainer {
    @Override
    public TrainedCodebook train(
        TrainingRequest request, FloatMatrix sample, TrainingMonitor monitor) throws IOException {
      TrainingRequest all =
          new TrainingRequest(
              request.metric(),
              request.encoding(),
              request.params(),
              vectors.rows(),
              request.parent());
      return new LocalCodebookTrainer(1).train(all, vectors, monitor);
    }

    @Override
    public boolean isRemote() {
      return false;
    }
  }

  public static FloatMatrix clusters(long seed) {
    return VectorGenerators.clusters(N + QUERIES, DIM, 120, 0.6, seed);
  }

  public static FloatMatrix base(FloatMatrix all) {
    return VectorGenerators.slice(all, 0, N);
  }

  public static FloatMatrix queries(FloatMatrix all) {
    return VectorGenerators.slice(all, N, N + QUERIES);
  }

  public static IvfVectorsFormat format(IvfParams params, FloatMatrix trainedOn) {
    return new IvfVectorsFormat(params, Ports.LOCAL.withTrainer(new TrainerOn(trainedOn)));
  }

  public static IvfKnnFloatVectorQuery query(float[] target, @Nullable Query filter) {
    return new IvfKnnFloatVectorQuery(VectorIndexing.FIELD, target, K, filter);
  }

  /** Searches with all queries; {@code recall} is the mean, {@code looked} the sum. */
  public record Answers(double recall, ProbeReport looked) {}

  public static Answers search(
      IndexReader reader, FloatMatrix base, FloatMatrix queries, VectorSimilarityFunction function)
      throws IOException {
    IndexSearcher searcher = new IndexSearcher(reader);
    double sum = 0;
    ProbeReport looked = ProbeReport.NOTHING;
    for (int q = 0; q < queries.rows(); q++) {
      NearestHits found = query(queries.row(q), null).search(searcher);
      int[] rows = rows(searcher, found.topDocs());
      assertEquals(K, rows.length);
      assertEquals("no hit twice", K, Arrays.stream(rows).distinct().count());
      sum += Recall.at(K, base, queries.row(q), rows, LuceneMetric.of(function));
      looked = looked.plus(found.report());
    }
    return new Answers(sum / queries.rows(), looked);
  }

  public static int[] rows(IndexSearcher searcher, TopDocs hits) throws IOException {
    int[] rows = new int[hits.scoreDocs.length];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = VectorIndexing.row(searcher, hits.scoreDocs[i].doc);
    }
    return rows;
  }

  public static Directory together(Directory... parts) throws IOException {
    Directory all = new ByteBuffersDirectory();
    try (IndexWriter writer =
        new IndexWriter(all, VectorIndexing.config(new IvfVectorsFormat(LISTS)))) {
      writer.addIndexes(parts);
    }
    IOUtils.close(parts);
    return all;
  }

  public static Directory part(
      KnnVectorsFormat format,
      FloatMatrix rows,
      int from,
      int to,
      int flushes,
      VectorSimilarityFunction f)
      throws IOException {
    Directory directory = new ByteBuffersDirectory();
    try (IndexWriter writer = new IndexWriter(directory, VectorIndexing.config(format))) {
      for (int flush = 0; flush < flushes; flush++) {
        int begin = from + (int) ((long) (to - from) * flush / flushes);
        int end = from + (int) ((long) (to - from) * (flush + 1) / flushes);
        VectorIndexing.add(writer, rows, begin, end, f);
        writer.flush();
      }
    }
    return directory;
  }

  public static Query mods(int... mods) {
    return new TermInSetQuery(
        "mod", IntStream.of(mods).mapToObj(mod -> new BytesRef("" + mod)).toList());
  }

  public static List<Integer> exact(FloatMatrix base, float[] target, IntPredicate accepted) {
    int[] rows = IntStream.range(0, N).filter(accepted).toArray();
    float[] values = new float[rows.length * DIM];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(base.values(), rows[i] * DIM, values, i * DIM, DIM);
    }
    FloatMatrix matching = new FloatMatrix(values, rows.length, DIM);
    int want = Math.min(K, rows.length);
    return IntStream.of(ExactNeighbors.topK(matching, target, want, LuceneMetric.of(L2)))
        .mapToObj(i -> rows[i])
        .toList();
  }

  public static Query ids(int from, int to) {
    return new TermInSetQuery(
        "id", IntStream.range(from, to).mapToObj(id -> new BytesRef("" + id)).toList());
  }

  public static void assertRecallAmong(
      DirectoryReader reader,
      FloatMatrix all,
      @Nullable Query filter,
      IntPredicate accepted,
      long seed)
      throws IOException {
    IndexSearcher searcher = new IndexSearcher(reader);
    double found = 0;
    double exist = 0;
    for (int q = 0; q < 30; q++) {
      float[] target = queries(all).row(q);
      List<Integer> truth = exact(base(all), target, accepted);
      int[] rows = VectorIndexing.search(searcher, query(target, filter), K);
      assertEquals("hits of " + filter + " seed=" + seed, truth.size(), rows.length);
      for (int row : rows) {
        assertTrue("row " + row + " is not accepted", accepted.test(row));
        found += truth.contains(row) ? 1 : 0;
      }
      exist += truth.size();
    }
    assertTrue("recall " + found + "/" + exist + " seed=" + seed, found >= 0.95 * exist);
  }
}
