// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.contender;

import com.sun.management.GarbageCollectionNotificationInfo;
import com.sun.management.OperatingSystemMXBean;
import java.io.Closeable;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.management.ListenerNotFoundException;
import javax.management.Notification;
import javax.management.NotificationEmitter;
import javax.management.NotificationListener;
import javax.management.openmbean.CompositeData;

/** Measures a build, phase by phase. Confined to the thread that builds. */
final class BuildMeter implements Closeable {

  private static final OperatingSystemMXBean PROCESS =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final Set<String> HEAP_POOLS =
      ManagementFactory.getMemoryPoolMXBeans().stream()
          .filter(pool -> pool.getType() == MemoryType.HEAP)
          .map(pool -> pool.getName())
          .collect(Collectors.toUnmodifiableSet());

  private final AtomicLong heapPeak = new AtomicLong();
  private final NotificationListener collections = (notification, _) -> collected(notification);
  private long wall;
  private long cpu;
  private long thread;
  private long bytes;

  private BuildMeter() {}

  /** Starts the first phase. */
  static BuildMeter start() throws IOException {
    BuildMeter meter = new BuildMeter();
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      ((NotificationEmitter) collector).addNotificationListener(meter.collections, null, null);
    }
    meter.begin();
    return meter;
  }

  private void begin() throws IOException {
    heapPeak.set(0);
    bytes = ProcessFigures.writtenBytes();
    cpu = PROCESS.getProcessCpuTime();
    thread = THREADS.getCurrentThreadCpuTime();
    wall = System.nanoTime();
  }

  /** Returns what the phase cost that ends here, and starts the next one. */
  BuildPhase phase() throws IOException {
    BuildPhase phase =
        new BuildPhase(
            (System.nanoTime() - wall) / 1e9,
            (PROCESS.getProcessCpuTime() - cpu) / 1e9,
            (THREADS.getCurrentThreadCpuTime() - thread) / 1e9,
            heapPeak.get(),
            ProcessFigures.writtenBytes() - bytes);
    begin();
    return phase;
  }

  private void collected(Notification notification) {
    if (notification.getUserData() instanceof CompositeData data) {
      long used =
          GarbageCollectionNotificationInfo.from(data)
              .getGcInfo()
              .getMemoryUsageAfterGc()
              .entrySet()
              .stream()
              .filter(pool -> HEAP_POOLS.contains(pool.getKey()))
              .mapToLong(pool -> pool.getValue().getUsed())
              .sum();
      heapPeak.accumulateAndGet(used, Math::max);
    }
  }

  /** Returns the bytes of the files in a folder by their extension. */
  static Map<String, Long> fileBytes(Path folder) throws IOException {
    Map<String, Long> bytes = new TreeMap<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        String extension = name.substring(name.lastIndexOf('.') + 1);
        bytes.merge(extension, Files.size(file), Long::sum);
      }
    }
    return bytes;
  }

  @Override
  public void close() {
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      try {
        ((NotificationEmitter) collector).removeNotificationListener(collections);
      } catch (ListenerNotFoundException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
