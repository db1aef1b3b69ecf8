// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.data;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.kernel.Kernels;
import io.github.luceneivf.kernel.VectorKernel;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.lucene.util.LongHeap;
import org.apache.lucene.util.NumericUtils;

/**
 * Exact nearest neighbours by brute force.
 *
 * <p>The base passes once per thread, 64 vectors at a time, transposed so that the lanes of the
 * kernel are vectors; while such a block is in the first levels of the cache all queries of the
 * thread are compared with it. The scan is in float and keeps some more than {@code k}; those are
 * then ordered by their nearness in double precision, the lower row first among equals.
 *
 * @param threads threads to search with, each with a share of the queries
 */
record ExactSearch(int threads) {

  /** Vectors of a block, the lanes of the kernel. */
  private static final int BLOCK = 64;

  /** Kept beyond k, for what float arithmetic puts into the wrong order. */
  private static final int SPARE = 28;

  ExactSearch {
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be at least 1, got: " + threads);
    }
  }

  /**
   * Returns the {@code min(k, base)} nearest vectors of each query.
   *
   * @param metric {@code COSINE} takes rows and queries to have unit length
   * @throws IOException if the search is interrupted
   */
  Neighbors find(VectorRows base, FloatMatrix queries, Metric metric, int k) throws IOException {
    int kept = Math.min(k, base.size());
    Neighbors all =
        new Neighbors(kept, new int[queries.rows() * kept], new float[queries.rows() * kept]);
    int share = (queries.rows() + threads - 1) / threads;
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      List<Future<?>> slices = new ArrayList<>();
      for (int from = 0; from < queries.rows(); from += share) {
        int to = Math.min(from + share, queries.rows());
        Slice slice = new Slice(base, queries, metric, from, to);
        slices.add(pool.submit(() -> slice.find(all)));
      }
      for (Future<?> slice : slices) {
        slice.get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted in exact search", e);
    } catch (ExecutionException e) {
      throw new IOException("exact search failed", e.getCause());
    }
    return all;
  }

  /** The queries [from, to) of one thread. */
  private record Slice(VectorRows base, FloatMatrix queries, Metric metric, int from, int to) {

    void find(Neighbors into) {
      int kept = Math.min(into.k() + SPARE, base.size());
      LongHeap[] nearest = new LongHeap[to - from];
      Arrays.setAll(nearest, q -> new LongHeap(kept, Long.MIN_VALUE));
      scan(nearest);
      for (int q = from; q < to; q++) {
        order(q, nearest[q - from], kept, into);
      }
    }

    private void scan(LongHeap[] nearest) {
      int dim = base.dim();
      float[] block = new float[BLOCK * dim];
      MemorySegment codes = MemorySegment.ofArray(block);
      float[] row = new float[dim];
      float[] scores = new float[BLOCK];
      for (int first = 0; first < base.size(); first += BLOCK) {
        int count = Math.min(BLOCK, base.size() - first);
        for (int i = 0; i < count; i++) {
          base.read(first + i, row, 0);
          for (int d = 0; d < dim; d++) {
            block[d * BLOCK + i] = row[d];
          }
        }
        for (int q = from; q < to; q++) {
          score(codes, q, scores);
          offer(nearest[q - from], scores, first, count);
        }
      }
    }

    private void score(MemorySegment codes, int q, float[] scores) {
      VectorKernel kernel = Kernels.get();
      float[] query = queries.row(q);
      if (metric == Metric.EUCLIDEAN) {
        kernel.floatSquaredDistances(codes, 0, BLOCK, query.length, query, scores);
        for (int i = 0; i < BLOCK; i++) {
          scores[i] = -scores[i];
        }
      } else {
        kernel.floatDots(codes, 0, BLOCK, query.length, query, scores);
      }
    }

    /** Puts what is nearer than the farthest so far in its place. */
    private static void offer(LongHeap heap, float[] scores, int first, int count) {
      long top = heap.top();
      float least = top == Long.MIN_VALUE ? Float.NEGATIVE_INFINITY : scoreOf(top);
      for (int i = 0; i < count; i++) {
        if (scores[i] > least) {
          heap.updateTop(key(scores[i], first + i));
          top = heap.top();
          least = top == Long.MIN_VALUE ? Float.NEGATIVE_INFINITY : scoreOf(top);
        }
      }
    }

    /** Larger for a larger score, then for a lower row. */
    private static long key(float score, int row) {
      return (long) NumericUtils.floatToSortableInt(score) << 32 | (~row & 0xFFFFFFFFL);
    }

    private static float scoreOf(long key) {
      return NumericUtils.sortableIntToFloat((int) (key >> 32));
    }

    private void order(int q, LongHeap heap, int kept, Neighbors into) {
      List<Found> found = new ArrayList<>(kept);
      float[] query = queries.row(q);
      float[] row = new float[query.length];
      for (int i = 0; i < kept; i++) {
        int ord = ~(int) heap.pop();
        base.read(ord, row, 0);
        found.add(new Found(ord, nearness(metric, query, row)));
      }
      found.sort(Comparator.comparingDouble(Found::score).reversed().thenComparingInt(Found::ord));
      for (int rank = 0; rank < into.k(); rank++) {
        into.ords()[q * into.k() + rank] = found.get(rank).ord();
        into.scores()[q * into.k() + rank] = (float) found.get(rank).score();
      }
    }
  }

  private record Found(int ord, double score) {}

  /** Returns the negated squared distance, or the inner product, in double precision. */
  static double nearness(Metric metric, float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      double delta = (double) a[i] - b[i];
      sum += metric == Metric.EUCLIDEAN ? -delta * delta : (double) a[i] * b[i];
    }
    return sum;
  }
}
