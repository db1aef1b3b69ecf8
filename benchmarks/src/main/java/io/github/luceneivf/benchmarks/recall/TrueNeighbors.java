// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.recall;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.LongHeap;
import org.apache.lucene.util.NumericUtils;

/**
 * The nearest documents of each query, by comparing it with every vector that is not deleted.
 * Immutable by convention: arrays are shared.
 *
 * @param docs [queries][at most k], best first
 * @param scores [queries][at most k], Lucene's, descending
 */
@SuppressWarnings("ArrayRecordComponent") // carried, never compared
record TrueNeighbors(int[][] docs, float[][] scores) {

  /** Vectors that a thread takes at a time: few enough that progress is seen. */
  private static final int SLICE = 4096;

  /**
   * Finds the {@code k} nearest.
   *
   * @param threads threads, at least 1
   * @param progress told of vectors that were compared with all queries
   */
  static TrueNeighbors find(
      VectorField field, Queries queries, int k, int threads, Progress progress)
      throws IOException {
    List<Slice> slices = new ArrayList<>();
    for (VectorField.Segment segment : field.segments()) {
      for (int from = 0; from < segment.vectors(); from += SLICE) {
        slices.add(new Slice(segment, from, Math.min(from + SLICE, segment.vectors())));
      }
    }
    AtomicInteger next = new AtomicInteger();
    List<Future<LongHeap[]>> workers = new ArrayList<>();
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      for (int worker = 0; worker < threads; worker++) {
        Scan scan = new Scan(field, queries, heaps(queries.vectors().rows(), k));
        workers.add(
            pool.submit(() -> {
              for (int i = next.getAndIncrement(); i < slices.size(); i = next.getAndIncrement()) {
                scan.take(slices.get(i));
                progress.advance(slices.get(i).to - slices.get(i).from);
              }
              return scan.nearest;
            }));
      }
      return join(queries.vectors().rows(), k, workers);
    }
  }

  private static TrueNeighbors join(int queries, int k, List<Future<LongHeap[]>> workers)
      throws IOException {
    LongHeap[] all = heaps(queries, k);
    try {
      for (Future<LongHeap[]> worker : workers) {
        LongHeap[] part = worker.get();
        for (int q = 0; q < queries; q++) {
          while (part[q].size() > 0) {
            all[q].insertWithOverflow(part[q].pop());
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted in exact search", e);
    } catch (ExecutionException e) {
      throw new IOException("exact search failed: " + e.getCause(), e.getCause());
    } finally {
      workers.forEach(worker -> worker.cancel(true));
    }
    int[][] docs = new int[queries][];
    float[][] scores = new float[queries][];
    for (int q = 0; q < queries; q++) {
      int found = all[q].size();
      docs[q] = new int[found];
      scores[q] = new float[found];
      for (int rank = found - 1; rank >= 0; rank--) {
        long key = all[q].pop();
        docs[q][rank] = ~(int) key;
        scores[q][rank] = NumericUtils.sortableIntToFloat((int) (key >> 32));
      }
    }
    return new TrueNeighbors(docs, scores);
  }

  private static LongHeap[] heaps(int queries, int k) {
    LongHeap[] heaps = new LongHeap[queries];
    for (int q = 0; q < queries; q++) {
      heaps[q] = new LongHeap(k);
    }
    return heaps;
  }

  /** Vectors [from, to) of a segment. */
  private record Slice(VectorField.Segment segment, int from, int to) {}

  /** What one thread has found. */
  @SuppressWarnings("ArrayRecordComponent") // carried, never compared
  private record Scan(VectorField field, Queries queries, LongHeap[] nearest) {

    void take(Slice slice) throws IOException {
      LeafReaderContext leaf = slice.segment.leaf();
      FloatVectorValues values = Queries.values(leaf.reader(), field.name());
      Bits live = leaf.reader().getLiveDocs();
      float[][] vectors = new float[nearest.length][];
      Arrays.setAll(vectors, queries.vectors()::row);
      for (int ord = slice.from; ord < slice.to; ord++) {
        int inSegment = values.ordToDoc(ord);
        if (live != null && !live.get(inSegment)) {
          continue;
        }
        int doc = leaf.docBase + inSegment;
        float[] vector = values.vectorValue(ord);
        for (int q = 0; q < vectors.length; q++) {
          if (doc != queries.own()[q]) {
            float score = field.similarity().compare(vectors[q], vector);
            nearest[q].insertWithOverflow(key(score, doc));
          }
        }
      }
    }

    /** Larger for a larger score, then for a lower document. */
    private static long key(float score, int doc) {
      return (long) NumericUtils.floatToSortableInt(score) << 32 | (~doc & 0xFFFFFFFFL);
    }
  }
}
