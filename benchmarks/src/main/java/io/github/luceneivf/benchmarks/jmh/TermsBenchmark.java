// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.jmh;

import static io.github.luceneivf.benchmarks.jmh.Codes.WIDTH;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/** What does not depend on the dimensions: the plain read, and the corrections. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
public class TermsBenchmark {

  /** One result of each block is read, or the compiler works out those of the last block only. */
  private static final int LAST = WIDTH - 1;

  private final int[] sums = new int[WIDTH];
  private final float[] scores = new float[WIDTH];

  /** Reads the memory and does next to nothing with it: the baseline. */
  @Benchmark
  public int read(Codes codes) {
    return PlainRead.xor(codes.memory);
  }

  /** Corrects sums by the terms in the memory. */
  @Benchmark
  public void affine(Codes codes, Blackhole sink) {
    int termBytes = Kernel.AFFINE.codeBytes(1);
    long blocks = codes.blocks(termBytes);
    for (long block = 0; block < blocks; block++) {
      long at = block * WIDTH * termBytes;
      codes.kernel.affine(codes.memory, at, WIDTH, sums, 0.5f, 0.25f, 1f, scores, 0);
      sink.consume(scores[(int) block & LAST]);
    }
  }
}
