// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.filter;

import io.github.luceneivf.benchmarks.contender.Tag;
import io.github.luceneivf.benchmarks.data.VectorRows;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Gives rows their tags. The same rows get the same tags. */
public final class Tagging {

  private static final long SEED = 42;

  private Tagging() {}

  /** Returns the tags of each row. */
  public static byte[] of(VectorRows rows) {
    byte[] tags = new byte[rows.size()];
    SplittableRandom random = new SplittableRandom(SEED);
    for (Tag tag : Tag.values()) {
      if (tag == Tag.CORRELATED_10) {
        addNearest(tag, rows, random.nextInt(rows.size()), tags);
      } else {
        addRandom(tag, random, tags);
      }
    }
    return tags;
  }

  private static void addRandom(Tag tag, SplittableRandom random, byte[] tags) {
    for (int row = 0; row < tags.length; row++) {
      if (random.nextDouble() < tag.share()) {
        tags[row] = tag.addTo(tags[row]);
      }
    }
  }

  private static void addNearest(Tag tag, VectorRows rows, int center, byte[] tags) {
    float[] point = rows.row(center);
    double[] distances = new double[rows.size()];
    float[] other = new float[rows.dim()];
    for (int row = 0; row < distances.length; row++) {
      rows.read(row, other, 0);
      distances[row] = squaredDistance(point, other);
    }
    double[] sorted = distances.clone();
    Arrays.sort(sorted);
    double limit = sorted[(int) (sorted.length * tag.share())];
    for (int row = 0; row < distances.length; row++) {
      if (distances[row] < limit) {
        tags[row] = tag.addTo(tags[row]);
      }
    }
  }

  private static double squaredDistance(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      double difference = (double) a[i] - b[i];
      sum += difference * difference;
    }
    return sum;
  }
}
