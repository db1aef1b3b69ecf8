// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.filter;

import io.github.luceneivf.benchmarks.contender.RowSets;
import io.github.luceneivf.benchmarks.contender.Tag;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.apache.lucene.util.FixedBitSet;

/** What filters ask of rows. */
public enum Restriction {
  /** All rows. */
  NONE("no filter") {
    @Override
    public Optional<RowSets> sets(RowNearness rows, byte[] tags) {
      return one(rows, _ -> true);
    }
  },
  /** 99 of a hundred rows, at random. */
  RANDOM_99("99 % at random") {
    @Override
    public Optional<RowSets> sets(RowNearness rows, byte[] tags) {
      return random(rows, 0.99);
    }
  },
  /** 19 of twenty rows, at random. */
  RANDOM_95("95 % at random") {
    @Override
    public Optional<RowSets> sets(RowNearness rows, byte[] tags) {
      return random(rows, 0.95);
    }
  },
  /** Nine of ten rows, at random. */
  RANDOM_90("90 % at random") {
    @Override
    public Optional<RowSets> sets(RowNearness rows, byte[] tags) {
      return random(rows, 0.9);
    }
  },
  /** Every second row, at random. */
  RANDOM_50("50 % at random") {
    @Override
    public Optional<RowSets> sets(RowNearness rows, byte[] tags) {
      return one(rows, row -> Tag.RANDOM_50.isIn(tags[row]));
    }
  },
  /** One row of ten, at random. */
  RANDOM_10("10 % at random") {
    @Override
    public Optional<RowSets> sets(RowNearness rows, byte[] tags) {
      return one(rows, row -> Tag.RANDOM_10.isIn(tags[row]));
    }
  },
  /** One row of a hundred, at random. */
  RANDOM_1("1 % at random") {
    @Override
    public Optional<RowSets> sets(RowNearness rows, byte[] tags) {
      return one(rows, row -> Tag.RANDOM_1.isIn(tags[row]));
    }
  },
  /** One row of a thousand, at random. */
  RANDOM_PER_MILLE("0.1 % at random") {
    @Override
    public Optional<RowSets> sets(RowNearness rows, byte[] tags) {
      return one(rows, row -> Tag.RANDOM_PER_MILLE.isIn(tags[row]));
    }
  },
  /** One row of ten thousand, at random. */
  RANDOM_PER_MYRIAD("0.01 % at random") {
    @Override
    public Optional<RowSets> sets(RowNearness rows, byte[] tags) {
      return random(rows, 0.0001);
    }
  },
  /** The tenth that is nearest to each query. */
  NEAR("the nearest 10 %") {
    @Override
    public Optional<RowSets> sets(RowNearness rows, byte[] tags) {
      return beyond(rows, 0.9, 1);
    }
  },
  /** The tenth that is nearest to one row, which queries may be near or far from. */
  AROUND("10 % around a row") {
    @Override
    public Optional<RowSets> sets(RowNearness rows, byte[] tags) {
      return one(rows, row -> Tag.CORRELATED_10.isIn(tags[row]));
    }
  },
  /** One label of all, of which about a tenth of the rows is. */
  TOPIC("one topic in ten") {
    @Override
    public Optional<RowSets> sets(RowNearness rows, byte[] tags) {
      int[] labels = rows.labels();
      if (labels == null) {
        return Optional.empty();
      }
      int[] counts = new int[Arrays.stream(labels).max().orElse(0) + 1];
      for (int label : labels) {
        counts[label]++;
      }
      double tenth = labels.length / 10.0;
      int topic = 0;
      for (int label = 1; label < counts.length; label++) {
        if (Math.abs(counts[label] - tenth) < Math.abs(counts[topic] - tenth)) {
          topic = label;
        }
      }
      int chosen = topic;
      return one(rows, row -> labels[row] == chosen);
    }
  },
  /** All labels but those of the ten nearest rows of each query. */
  OTHER_TOPICS("other topics than near") {
    @Override
    public Optional<RowSets> sets(RowNearness rows, byte[] tags) {
      int[] labels = rows.labels();
      if (labels == null) {
        return Optional.empty();
      }
      FixedBitSet all = new FixedBitSet(rows.rows());
      all.set(0, rows.rows());
      List<FixedBitSet> sets = new ArrayList<>();
      for (int query = 0; query < rows.queries(); query++) {
        int[] near =
            IntStream.of(rows.nearest(query, all, NEIGHBOURS))
                .map(row -> labels[row])
                .distinct()
                .toArray();
        FixedBitSet far = new FixedBitSet(rows.rows());
        for (int row = 0; row < labels.length; row++) {
          int label = labels[row];
          if (IntStream.of(near).noneMatch(other -> other == label)) {
            far.set(row);
          }
        }
        sets.add(far);
      }
      return Optional.of(new RowSets(sets));
    }
  },
  /** The half that is farther from each query. */
  FAR("the farther half") {
    @Override
    public Optional<RowSets> sets(RowNearness rows, byte[] tags) {
      return beyond(rows, 0, 0.5);
    }
  };

  private static final long SEED = 42;

  private static final int NEIGHBOURS = 10;

  private final String title;

  Restriction(String title) {
    this.title = title;
  }

  /** Returns the name that readers see. */
  public String title() {
    return title;
  }

  /**
   * Returns what is accepted; empty if it takes labels, and there are none.
   *
   * @param tags of each row
   */
  public abstract Optional<RowSets> sets(RowNearness rows, byte[] tags);

  /** Says whether a row is accepted. */
  private interface Accepted {
    boolean test(int row);
  }

  private static Optional<RowSets> one(RowNearness rows, Accepted accepted) {
    FixedBitSet set = new FixedBitSet(rows.rows());
    for (int row = 0; row < set.length(); row++) {
      if (accepted.test(row)) {
        set.set(row);
      }
    }
    return Optional.of(new RowSets(List.of(set)));
  }

  private static Optional<RowSets> random(RowNearness rows, double share) {
    SplittableRandom random = new SplittableRandom(SEED);
    return one(rows, _ -> random.nextDouble() < share);
  }

  /** Returns for each query the rows whose ranks by nearness are in a range, farthest first. */
  private static Optional<RowSets> beyond(RowNearness rows, double from, double to) {
    List<FixedBitSet> sets = new ArrayList<>();
    for (float[] scores : rows.scores()) {
      float[] sorted = scores.clone();
      Arrays.sort(sorted);
      float least = sorted[(int) (from * sorted.length)];
      float most = sorted[(int) (to * (sorted.length - 1))];
      FixedBitSet set = new FixedBitSet(scores.length);
      for (int row = 0; row < scores.length; row++) {
        if (scores[row] >= least && scores[row] <= most) {
          set.set(row);
        }
      }
      sets.add(set);
    }
    return Optional.of(new RowSets(sets));
  }
}
