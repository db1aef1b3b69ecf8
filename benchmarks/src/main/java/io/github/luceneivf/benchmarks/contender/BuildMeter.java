package io.github.luceneivf.benchmarks.contender;

import com.sun.management.GarbageCollectionNotificationInfo;
import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.management.NotificationEmitter;
import javax.management.openmbean.CompositeData;

/** Measures a build, from its start to the files. One per process and build. */
final class BuildMeter {

  private static final OperatingSystemMXBean PROCESS =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
  private static final Set<String> HEAP_POOLS =
      ManagementFactory.getMemoryPoolMXBeans().stream()
          .filter(pool -> pool.getType() == MemoryType.HEAP)
          .map(pool -> pool.getName())
          .collect(Collectors.toUnmodifiableSet());

  private final AtomicLong heapPeak = new AtomicLong();
  private final long cpuStart = PROCESS.getProcessCpuTime();
  private final long start = System.nanoTime();
  private long flushed;
  private long merged;
  private long cpuEnd;

  private BuildMeter() {}

  static BuildMeter start() {
    BuildMeter meter = new BuildMeter();
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      ((NotificationEmitter) collector)
          .addNotificationListener(
              (notification, _) -> {
                if (notification.getUserData() instanceof CompositeData data) {
                  meter.collected(GarbageCollectionNotificationInfo.from(data));
                }
              },
              null,
              null);
    }
    return meter;
  }

  private void collected(GarbageCollectionNotificationInfo collection) {
    long used =
        collection.getGcInfo().getMemoryUsageAfterGc().entrySet().stream()
            .filter(pool -> HEAP_POOLS.contains(pool.getKey()))
            .mapToLong(pool -> pool.getValue().getUsed())
            .sum();
    heapPeak.accumulateAndGet(used, Math::max);
  }

  void flushed() {
    flushed = System.nanoTime();
  }

  void merged() {
    merged = System.nanoTime();
    cpuEnd = PROCESS.getProcessCpuTime();
  }

  BuildCost cost(Path folder) throws IOException {
    return new BuildCost(
        (flushed - start) / 1e9,
        (merged - flushed) / 1e9,
        (cpuEnd - cpuStart) / 1e9,
        heapPeak.get(),
        fileBytes(folder));
  }

  private static Map<String, Long> fileBytes(Path folder) throws IOException {
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
}
