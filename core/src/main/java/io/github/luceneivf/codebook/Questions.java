// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codebook;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.clustering.VectorSpace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What a codebook is asked, to judge it. Vectors that were held out ask too easily where they have
 * near copies, which lie in their own list, and no query lies farther from the vectors than they
 * do. So questions are made of them besides: moved by noise, moved as one vector differs from
 * another, the mean of several, half way to the mean of all, and the vector itself while nothing of
 * its own list is there, as if nobody had written about its subject yet. Confined to one training.
 */
final class Questions {

  /** How a question came about. */
  enum Kind {
    /** A vector that was held out. */
    MEMBER,
    /** Between or beside such vectors. */
    MOVED,
    /** A vector that was held out; what is in its nearest list is not to be found. */
    ALONE,
    /** A query of the request's sample. */
    ASKED
  }

  /** Share of the held-out vectors that ask as they are. */
  private static final double MEMBERS = 0.5;

  /** Questions made in each way of moving, for each vector held out. */
  private static final double MOVED = 0.08;

  private static final double ALONE = 0.25;

  /** Lengths of the noise, in typical distances from a centroid: small to nothing but noise. */
  private static final double[] NOISE = {0.6, 1.5, 6};

  /** Parts of the difference of two vectors that a third one is moved by. */
  private static final double[] DIFFERENCE = {0.5, 1};

  private static final int MEAN_OF = 3;

  private final FloatMatrix held;
  private final VectorSpace space;
  private final float[] mean;
  private final double spread;
  private final SplittableRandom random;
  private final List<float[]> rows = new ArrayList<>();
  private final List<Kind> kinds = new ArrayList<>();

  private Questions(PreparedSample sample, double spread, long seed) {
    this.held = sample.queries();
    this.space = sample.space();
    this.mean = sample.rows().mean();
    this.spread = spread;
    this.random = new SplittableRandom(seed);
  }

  /**
   * Makes questions of what a sample holds out.
   *
   * @param spread typical distance of a vector to its centroid
   */
  static Questions of(PreparedSample sample, double spread, long seed) {
    Questions questions = new Questions(sample, spread, seed);
    int held = sample.queries().rows();
    if (held > 0) {
      questions.askMembers(count(MEMBERS * held));
      questions.askMoved(count(MOVED * held));
      questions.askAlone(count(ALONE * held));
    }
    for (int row = 0; row < sample.askedQueries().rows(); row++) {
      questions.rows.add(sample.askedQueries().row(row));
      questions.kinds.add(Kind.ASKED);
    }
    return questions;
  }

  /** Returns whether a question is a vector as it is, or one that users ask. */
  boolean isUsual(int question) {
    return kind(question) == Kind.MEMBER || kind(question) == Kind.ASKED;
  }

  private static int count(double wanted) {
    return (int) Math.max(1, Math.round(wanted));
  }

  private void askMembers(int count) {
    for (int i = 0; i < count; i++) {
      ask(held.row(i), Kind.MEMBER);
    }
  }

  private void askMoved(int count) {
    for (double length : NOISE) {
      for (int i = 0; i < count; i++) {
        ask(withNoise(draw(), length), Kind.MOVED);
      }
    }
    for (double part : DIFFERENCE) {
      for (int i = 0; i < count; i++) {
        float[] x = draw();
        add(x, part, draw());
        add(x, -part, draw());
        ask(x, Kind.MOVED);
      }
    }
    for (int i = 0; i < count; i++) {
      float[] x = new float[held.dim()];
      add(x, 0.5, draw());
      add(x, 0.5, mean);
      ask(x, Kind.MOVED);
    }
    for (int i = 0; i < count; i++) {
      float[] x = new float[held.dim()];
      for (int j = 0; j < MEAN_OF; j++) {
        add(x, 1.0 / MEAN_OF, draw());
      }
      ask(x, Kind.MOVED);
    }
  }

  private void askAlone(int count) {
    for (int i = 0; i < count; i++) {
      ask(held.row(held.rows() - 1 - i), Kind.ALONE);
    }
  }

  private float[] draw() {
    return held.row(random.nextInt(held.rows()));
  }

  private float[] withNoise(float[] x, double length) {
    double[] noise = new double[x.length];
    double sum = 0;
    for (int d = 0; d < noise.length; d++) {
      noise[d] = random.nextGaussian();
      sum += noise[d] * noise[d];
    }
    double unit = space.metric() == Metric.INNER_PRODUCT ? Remoteness.length(x) : spread;
    double scale = sum > 0 ? length * unit / Math.sqrt(sum) : 0;
    for (int d = 0; d < x.length; d++) {
      x[d] += (float) (scale * noise[d]);
    }
    return x;
  }

  private static void add(float[] x, double factor, float[] y) {
    for (int d = 0; d < x.length; d++) {
      x[d] += (float) (factor * y[d]);
    }
  }

  /** Adds a question as a search would map it: inner products give it a scale of its own. */
  private void ask(float[] row, Kind kind) {
    if (space.metric() != Metric.EUCLIDEAN) {
      space.mapQuery(row);
    }
    rows.add(row);
    kinds.add(kind);
  }

  /** Returns how many there are. */
  int size() {
    return rows.size();
  }

  /** Returns how one came about. */
  Kind kind(int question) {
    return kinds.get(question);
  }

  /** Returns one as a search maps it, shared. */
  float[] row(int question) {
    return rows.get(question);
  }

  /** Returns some of them as a matrix. */
  FloatMatrix matrix(int[] some) {
    int dim = rows.getFirst().length;
    float[] values = new float[some.length * dim];
    for (int i = 0; i < some.length; i++) {
      System.arraycopy(rows.get(some[i]), 0, values, i * dim, dim);
    }
    return new FloatMatrix(values, some.length, dim);
  }

  /** Returns the remoteness that three of four members stay below. */
  float usual(float[] remoteness) {
    float[] members = new float[size()];
    int count = 0;
    for (int i = 0; i < size(); i++) {
      if (kind(i) == Kind.MEMBER || kind(i) == Kind.ASKED) {
        members[count++] = remoteness[i];
      }
    }
    Arrays.sort(members, 0, count);
    return members[Math.min(count - 1, 3 * count / 4)];
  }
}
