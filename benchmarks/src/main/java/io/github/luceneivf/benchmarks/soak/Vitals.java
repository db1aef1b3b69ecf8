// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.soak;

import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * What this process holds.
 *
 * @param seconds since the beginning
 * @param heapBytes live objects after a collection
 * @param directBytes memory of direct buffers
 * @param openFiles file descriptors, or 0 where the system does not tell
 * @param threads of the platform
 */
record Vitals(double seconds, long heapBytes, long directBytes, long openFiles, int threads) {

  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

  /** Collects garbage and takes the figures. */
  static Vitals take(double seconds) throws IOException {
    MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    memory.gc();
    long direct =
        ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
            .filter(pool -> pool.getName().equals("direct"))
            .mapToLong(BufferPoolMXBean::getMemoryUsed)
            .sum();
    return new Vitals(
        seconds,
        memory.getHeapMemoryUsage().getUsed(),
        direct,
        openDescriptors(),
        ManagementFactory.getThreadMXBean().getThreadCount());
  }

  private static long openDescriptors() throws IOException {
    if (!Files.isDirectory(DESCRIPTORS)) {
      return 0;
    }
    try (Stream<Path> files = Files.list(DESCRIPTORS)) {
      return files.count();
    }
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "heap %.1f MB, direct %.1f MB, %d files, %d threads",
        heapBytes / 1e6,
        directBytes / 1e6,
        openFiles,
        threads);
  }
}
