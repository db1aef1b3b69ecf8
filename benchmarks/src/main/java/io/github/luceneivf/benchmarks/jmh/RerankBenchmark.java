// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.jmh;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/** Rows picked out of the memory in random order, a few dozen at a time: every row once. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RerankBenchmark {

  /** Candidates of one query. */
  private static final int DEPTH = 64;

  /** Every row once, in random order. */
  @State(Scope.Thread)
  public static class Candidates {

    /** [queries][DEPTH] */
    int[][] ords = {};

    final float[] scores = new float[DEPTH];

    /** Shuffles the rows of the memory. */
    @Setup(Level.Trial)
    public void shuffle(Codes codes, Query query) {
      int rows = (int) (codes.bytes / Kernel.DOT_ROWS.codeBytes(query.dim)) / DEPTH * DEPTH;
      int[] all = new int[rows];
      SplittableRandom random = new SplittableRandom(3);
      for (int i = 0; i < rows; i++) {
        int j = random.nextInt(i + 1);
        all[i] = all[j];
        all[j] = i;
      }
      ords = new int[rows / DEPTH][];
      for (int i = 0; i < ords.length; i++) {
        ords[i] = Arrays.copyOfRange(all, i * DEPTH, (i + 1) * DEPTH);
      }
    }
  }

  /** Inner products. */
  @Benchmark
  public void dotRows(Codes codes, Query query, Candidates candidates, Blackhole sink) {
    for (int[] ords : candidates.ords) {
      codes.kernel.dotRows(query.floats, codes.memory, query.dim, ords, DEPTH, candidates.scores);
      sink.consume(candidates.scores[ords[0] & (DEPTH - 1)]);
    }
  }

  /** Squared distances. */
  @Benchmark
  public void distanceRows(Codes codes, Query query, Candidates candidates, Blackhole sink) {
    for (int[] ords : candidates.ords) {
      codes.kernel.squaredDistanceRows(
          query.floats, codes.memory, query.dim, ords, DEPTH, candidates.scores);
      sink.consume(candidates.scores[ords[0] & (DEPTH - 1)]);
    }
  }
}
