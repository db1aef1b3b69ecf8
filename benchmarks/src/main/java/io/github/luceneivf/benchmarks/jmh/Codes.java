// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.jmh;

import io.github.luceneivf.kernel.Kernels;
import io.github.luceneivf.kernel.VectorKernel;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Memory full of codes, outside the heap as mapped files are. JMH extends it, so it is open. */
@State(Scope.Thread)
public class Codes {

  /** Vectors of a block. */
  static final int WIDTH = 64;

  private static final int ALIGNMENT = 64;

  /** Half of a second level cache, a part of a third level one, and what no cache holds. */
  static final long L2 = 512L << 10;

  static final long L3 = 8L << 20;
  static final long DRAM = 512L << 20;

  /** Bytes that one pass reads; names of the constants above. */
  @Param({"" + L2, "" + L3, "" + DRAM})
  public long bytes;

  final VectorKernel kernel = Kernels.get();
  private final Arena arena = Arena.ofShared();
  MemorySegment memory = MemorySegment.NULL;

  /** Fills the memory with what is harmless as bits, bytes and floats: floats in [1, 2). */
  @Setup(Level.Trial)
  public void fill() {
    memory = arena.allocate(bytes, ALIGNMENT);
    SplittableRandom random = new SplittableRandom(1);
    for (long at = 0; at < bytes; at += Long.BYTES) {
      long mantissas = random.nextLong() & 0x007FFFFF_007FFFFFL;
      memory.set(ValueLayout.JAVA_LONG, at, mantissas | 0x3F800000_3F800000L);
    }
  }

  /** Frees the memory. */
  @TearDown(Level.Trial)
  public void free() {
    arena.close();
  }

  /** Returns the whole blocks of vectors of {@code codeBytes} in the memory. */
  long blocks(int codeBytes) {
    return bytes / ((long) codeBytes * WIDTH);
  }
}
