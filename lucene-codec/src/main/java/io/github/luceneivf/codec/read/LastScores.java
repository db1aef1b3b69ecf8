// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.read;

import java.io.IOException;
import java.lang.ref.SoftReference;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.search.knn.KnnSearchStrategy;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.hnsw.RandomVectorScorer;
import org.jspecify.annotations.Nullable;

/**
 * Exact scores of all vectors of a small segment, for the query that asked last. Lucene's
 * nearest-neighbour query asks each segment for a share of the hits first, and for all of them
 * again where the segment gave nothing but hits: all segments, where there are fewer documents than
 * hits wanted. That these need not be scored twice, the first search leaves its scores to the
 * second, which says by its strategy that it is one. Where memory is short, they are the garbage
 * collector's to take.
 *
 * <p>Thread-safe.
 */
// Scores are those of a vector, compared by value, and of ordinals: whatever a filter accepts, and
// whoever asks, they hold. Threads that share them may find one missing, and compute it.
final class LastScores {

  /** Vectors up to which a segment is small: its scores take 128 KB. */
  private static final int MOST_VECTORS = 1 << 15;

  private final AtomicReference<@Nullable SoftReference<Scores>> last = new AtomicReference<>();

  /**
   * Scores of some vectors.
   *
   * @param target [dim] what was asked
   * @param byOrd [vectors] NaN where not known
   */
  @SuppressWarnings("ArrayRecordComponent") // shared on purpose
  private record Scores(float[] target, float[] byOrd) {}

  /**
   * Returns a scorer that remembers.
   *
   * @param scorer of the segment's vectors for {@code target}
   * @param target [dim] copied
   * @param collector of the search
   */
  RandomVectorScorer of(RandomVectorScorer scorer, float[] target, KnnCollector collector) {
    if (scorer.maxOrd() > MOST_VECTORS) {
      return scorer;
    }
    if (collector.getSearchStrategy() instanceof KnnSearchStrategy.Seeded) {
      SoftReference<Scores> left = last.getAndSet(null);
      Scores scores = left == null ? null : left.get();
      return scores != null && Arrays.equals(scores.target, target)
          ? new Remembering(scorer, scores)
          : scorer;
    }
    float[] byOrd = new float[scorer.maxOrd()];
    Arrays.fill(byOrd, Float.NaN);
    Scores scores = new Scores(target.clone(), byOrd);
    last.set(new SoftReference<>(scores));
    return new Remembering(scorer, scores);
  }

  /** Computes what is not known. */
  private record Remembering(RandomVectorScorer scorer, Scores scores)
      implements RandomVectorScorer {

    @Override
    public float score(int ord) throws IOException {
      float known = scores.byOrd[ord];
      if (Float.isNaN(known)) {
        known = scorer.score(ord);
        scores.byOrd[ord] = known;
      }
      return known;
    }

    @Override
    public float bulkScore(int[] ords, float[] into, int count) throws IOException {
      boolean known = true;
      for (int i = 0; i < count; i++) {
        into[i] = scores.byOrd[ords[i]];
        known &= !Float.isNaN(into[i]);
      }
      if (!known) {
        scorer.bulkScore(ords, into, count);
      }
      float best = Float.NEGATIVE_INFINITY;
      for (int i = 0; i < count; i++) {
        scores.byOrd[ords[i]] = into[i];
        best = Math.max(best, into[i]);
      }
      return best;
    }

    @Override
    public int maxOrd() {
      return scorer.maxOrd();
    }

    @Override
    public int ordToDoc(int ord) {
      return scorer.ordToDoc(ord);
    }

    @Override
    public Bits getAcceptOrds(Bits acceptDocs) {
      return scorer.getAcceptOrds(acceptDocs);
    }
  }
}
