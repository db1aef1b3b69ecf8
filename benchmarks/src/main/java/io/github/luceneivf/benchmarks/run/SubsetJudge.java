// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.run;

import io.github.luceneivf.benchmarks.data.DataSet;
import io.github.luceneivf.benchmarks.data.Recall;
import java.io.IOException;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Judges searches of some of the rows: those that a filter allows, or that are not deleted. */
final class SubsetJudge implements Judge {

  private final DataSet subset;
  private final int[] placeOf;

  private SubsetJudge(DataSet subset, int[] placeOf) {
    this.subset = subset;
    this.placeOf = placeOf;
  }

  /** Says whether a row with these tags may be found. */
  interface Allowed {
    boolean test(byte tags);
  }

  /**
   * Finds the exact neighbours among the rows allowed.
   *
   * @param tags of each row
   */
  static SubsetJudge of(DataSet set, byte[] tags, Allowed allowed) throws IOException {
    int[] rows = IntStream.range(0, tags.length).filter(row -> allowed.test(tags[row])).toArray();
    int[] placeOf = new int[tags.length];
    Arrays.fill(placeOf, -1);
    for (int place = 0; place < rows.length; place++) {
      placeOf[rows[place]] = place;
    }
    if (rows.length == 0) {
      throw new IOException(set.name() + " must have rows that are allowed, got none");
    }
    // Where fewer are allowed, all of them are to be found.
    return new SubsetJudge(set.subset(rows, Math.min(Recall.K, rows.length)), placeOf);
  }

  @Override
  public double recall(int query, int[] rows, int count) throws IOException {
    int[] places = new int[count];
    for (int i = 0; i < count; i++) {
      places[i] = placeOf[rows[i]];
      if (places[i] < 0) {
        throw new IllegalStateException(
            "query " + query + " must find rows allowed only, got: " + rows[i]);
      }
    }
    return subset.recall(query, places, count, subset.neighbors().k());
  }
}
