// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.jmh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class KernelFiguresTest {

  private static KernelFigures.Timing timing(String method, int dim, long bytes, double nanos) {
    return new KernelFigures.Timing(method, dim, bytes, nanos);
  }

  @Test
  void timesBecomeNanosecondsGigabytesAndShares() {
    KernelFigures figures =
        KernelFigures.of(
            "a machine",
            List.of(
                timing("bitDots", 384, Codes.L2, 10_486),
                timing("read", 0, Codes.L2, 5_243),
                timing("dotRows", 128, Codes.L3, 400_000),
                timing("nearest", 128, 0, 2e6)));
    assertEquals(
        List.of("memory read", "1-bit scan (bitDots)", "rerank, random rows (dotRows)"),
        figures.scans().stream().map(KernelFigure::kernel).toList());
    KernelFigure bits = figures.scans().get(1);
    // 512 KiB hold 10,922.7 codes of 48 bytes
    assertEquals(0.96, bits.nanosPerVector(), 1e-3);
    assertEquals(50, bits.gigabytesPerSecond(), 1e-2);
    assertEquals(0.5, bits.shareOfRead(), 1e-6);
    assertTrue(Double.isNaN(figures.scans().get(2).shareOfRead()), "no read of that size");
    // 1,024 vectors, 1,024 centroids, 128 dimensions, two operations for each
    assertEquals(134.2, figures.assignments().getFirst().gigaflops(), 0.1);
    assertEquals(1.953, figures.assignments().getFirst().microsPerVector(), 1e-3);
    String table = figures.markdown();
    assertTrue(
        table.contains(
            "| 1-bit scan (bitDots) | 384 | 0.96 | 50.0 | 50 % | – | – | – | – | – | – |"),
        table);
    assertTrue(table.contains("| 128 | 1.95 | 134 |"), table);
  }

  @Test
  void everyBenchmarkMethodHasItsKernel() {
    for (Class<?> type :
        List.of(ScanBenchmark.class, TermsBenchmark.class, RerankBenchmark.class)) {
      for (var method : type.getDeclaredMethods()) {
        if (method.isAnnotationPresent(org.openjdk.jmh.annotations.Benchmark.class)) {
          assertTrue(Kernel.ofMethod(method.getName()).codeBytes(384) > 0);
        }
      }
    }
    assertThrows(IllegalArgumentException.class, () -> Kernel.ofMethod("other"));
  }

  @Test
  void thePlainReadReadsEverything() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(4096, 64);
      SplittableRandom random = new SplittableRandom(1);
      int expected = 0;
      for (int at = 0; at < 4096; at += Integer.BYTES) {
        int value = random.nextInt();
        memory.set(ValueLayout.JAVA_INT, at, value);
        expected ^= value;
      }
      assertEquals(expected, PlainRead.xor(memory));
    }
  }
}
