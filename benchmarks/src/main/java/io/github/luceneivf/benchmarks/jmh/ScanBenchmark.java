// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.jmh;

import static io.github.luceneivf.benchmarks.jmh.Codes.WIDTH;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.infra.Blackhole;

/** Kernels that go through posting lists: one operation is one pass over all the memory. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ScanBenchmark {

  /** One result of each block is read, or the compiler works out those of the last block only. */
  private static final int LAST = WIDTH - 1;

  /** 1-bit codes. */
  @Benchmark
  public void bitDots(Codes codes, Query query, Blackhole sink) {
    int units = Kernel.BIT_DOTS.codeBytes(query.dim);
    long blocks = codes.blocks(units);
    for (long block = 0; block < blocks; block++) {
      long at = block * WIDTH * units;
      codes.kernel.bitDots(codes.memory, at, WIDTH, units, query.bitTables, query.sums);
      sink.consume(query.sums[(int) block & LAST]);
    }
  }

  /** 4-bit codes of sub-spaces. */
  @Benchmark
  public void pqLookups(Codes codes, Query query, Blackhole sink) {
    lookups(codes, query, Kernel.PQ_LOOKUPS.codeBytes(query.dim), sink);
  }

  /** 4-bit codes of dimensions. */
  @Benchmark
  public void int4Lookups(Codes codes, Query query, Blackhole sink) {
    lookups(codes, query, Kernel.INT4_LOOKUPS.codeBytes(query.dim), sink);
  }

  private static void lookups(Codes codes, Query query, int units, Blackhole sink) {
    long blocks = codes.blocks(units);
    for (long block = 0; block < blocks; block++) {
      long at = block * WIDTH * units;
      codes.kernel.lookups(codes.memory, at, WIDTH, units, query.tables, query.sums);
      sink.consume(query.sums[(int) block & LAST]);
    }
  }

  /** Signed bytes. */
  @Benchmark
  public void byteDots(Codes codes, Query query, Blackhole sink) {
    long blocks = codes.blocks(query.dim);
    for (long block = 0; block < blocks; block++) {
      long at = block * WIDTH * query.dim;
      codes.kernel.byteDots(codes.memory, at, WIDTH, query.dim, query.floats, query.scores);
      sink.consume(query.scores[(int) block & LAST]);
    }
  }

  /** Floats. */
  @Benchmark
  public void floatDots(Codes codes, Query query, Blackhole sink) {
    int codeBytes = Kernel.FLOAT_DOTS.codeBytes(query.dim);
    long blocks = codes.blocks(codeBytes);
    for (long block = 0; block < blocks; block++) {
      long at = block * WIDTH * codeBytes;
      codes.kernel.floatDots(codes.memory, at, WIDTH, query.dim, query.floats, query.scores);
      sink.consume(query.scores[(int) block & LAST]);
    }
  }

  /** Floats, distances. */
  @Benchmark
  public void floatDistances(Codes codes, Query query, Blackhole sink) {
    int codeBytes = Kernel.FLOAT_DISTANCES.codeBytes(query.dim);
    long blocks = codes.blocks(codeBytes);
    for (long block = 0; block < blocks; block++) {
      long at = block * WIDTH * codeBytes;
      codes.kernel.floatSquaredDistances(
          codes.memory, at, WIDTH, query.dim, query.floats, query.scores);
      sink.consume(query.scores[(int) block & LAST]);
    }
  }
}
