// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.search.IvfKnnFloatVectorQuery;
import io.github.luceneivf.testdata.ExactNeighbors;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.search.IndexSearcher;

/**
 * Gaussian clusters of equal weight that arrive one after the other or all at once, queries near
 * all of them, and what an index of them finds at default settings.
 *
 * @param rows [n × dim] in the order of arrival
 * @param clusters the cluster of each row
 * @param queries near every cluster
 * @param asked the cluster of each query
 */
@SuppressWarnings("ArrayRecordComponent") // of a test, never compared
record ArrivingRows(FloatMatrix rows, int[] clusters, FloatMatrix queries, int[] asked) {

  private static final int K = 10;
  private static final int QUERIES = 240;
  private static final int AGES = 5;
  private static final double SPREAD = 0.5;

  /** One cluster after the other. */
  static ArrivingRows ordered(int n, int dim, int clusters, long seed) {
    return of(IntStream.range(0, n).map(i -> (int) ((long) i * clusters / n)), dim, clusters, seed);
  }

  /** The same clusters at random. */
  static ArrivingRows shuffled(int n, int dim, int clusters, long seed) {
    List<Integer> order = Arrays.asList(IntStream.range(0, n).boxed().toArray(Integer[]::new));
    Collections.shuffle(order, new Random(seed));
    return of(order.stream().mapToInt(i -> (int) ((long) i * clusters / n)), dim, clusters, seed);
  }

  private static ArrivingRows of(IntStream order, int dim, int clusters, long seed) {
    Random random = new Random(seed);
    float[][] centres = new float[clusters][dim];
    for (float[] centre : centres) {
      for (int d = 0; d < dim; d++) {
        centre[d] = (float) random.nextGaussian();
      }
    }
    int[] numbers = order.toArray();
    int[] asked = IntStream.range(0, QUERIES).map(q -> q * clusters / QUERIES).toArray();
    return new ArrivingRows(
        around(centres, numbers, random), numbers, around(centres, asked, random), asked);
  }

  private static FloatMatrix around(float[][] centres, int[] numbers, Random random) {
    int dim = centres[0].length;
    float[] values = new float[numbers.length * dim];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (centres[numbers[i / dim]][i % dim] + SPREAD * random.nextGaussian());
    }
    return new FloatMatrix(values, numbers.length, dim);
  }

  /**
   * What was found.
   *
   * @param recall share of the ten nearest of each query
   * @param byAge the same of those neighbours that arrived in each fifth, the oldest first; NaN
   *     where no query has any
   */
  @SuppressWarnings("ArrayRecordComponent") // of a test, never compared
  record Found(double recall, double[] byAge) {
    double newest() {
      return byAge[byAge.length - 1];
    }

    @Override
    public String toString() {
      return Arrays.stream(byAge)
          .mapToObj(share -> String.format(Locale.ROOT, "%.3f", share))
          .collect(
              Collectors.joining(
                  " ", String.format(Locale.ROOT, "recall %.3f by age ", recall), ""));
    }
  }

  /**
   * Searches at default settings for what is near clusters that are still there; every query must
   * find ten different rows that are live.
   *
   * @param live which of the rows that were indexed are not deleted
   */
  Found search(IndexReader reader, int indexed, IntPredicate live) throws IOException {
    int[] left = IntStream.range(0, indexed).filter(live).toArray();
    float[] values = new float[left.length * rows.dim()];
    for (int i = 0; i < left.length; i++) {
      System.arraycopy(rows.values(), left[i] * rows.dim(), values, i * rows.dim(), rows.dim());
    }
    FloatMatrix base = new FloatMatrix(values, left.length, rows.dim());
    IndexSearcher searcher = new IndexSearcher(reader);
    int[] wanted = new int[AGES];
    int[] found = new int[AGES];
    Set<Integer> there =
        IntStream.of(left).mapToObj(row -> clusters[row]).collect(Collectors.toSet());
    for (int q = 0; q < queries.rows(); q++) {
      if (!there.contains(asked[q])) {
        continue;
      }
      float[] target = queries.row(q);
      List<Integer> hits =
          Arrays.stream(
                  VectorIndexing.search(
                      searcher, new IvfKnnFloatVectorQuery(VectorIndexing.FIELD, target, K), K))
              .boxed()
              .toList();
      if (hits.stream().distinct().count() != K || !hits.stream().allMatch(live::test)) {
        throw new AssertionError("expected " + K + " live rows, got: " + hits);
      }
      for (int near : ExactNeighbors.topK(base, target, K, Metric.EUCLIDEAN)) {
        int age = (int) ((long) left[near] * AGES / indexed);
        wanted[age]++;
        found[age] += hits.contains(left[near]) ? 1 : 0;
      }
    }
    return new Found(
        (double) IntStream.of(found).sum() / IntStream.of(wanted).sum(),
        IntStream.range(0, AGES).mapToDouble(age -> (double) found[age] / wanted[age]).toArray());
  }
}
