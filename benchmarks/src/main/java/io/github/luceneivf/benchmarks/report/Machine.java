// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.report;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * Where and when a report was made.
 *
 * @param cpu model of the processor as the system names it
 * @param cores processors that this process may use
 * @param memoryBytes physical memory of the machine
 * @param system operating system and its version
 * @param java version and vendor of the Java runtime
 * @param kernel name of the vector kernel
 * @param versions libraries measured, {@code name version}
 * @param time when the run began, in UTC, ISO 8601
 */
public record Machine(
    String cpu,
    int cores,
    long memoryBytes,
    String system,
    String java,
    String kernel,
    List<String> versions,
    String time) {

  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  /** Copies the list. */
  public Machine {
    versions = List.copyOf(versions);
  }

  /** Describes this machine; the processor is {@code unknown} where the system does not tell. */
  public static Machine current(String kernel, List<String> versions, Clock clock) {
    return new Machine(
        cpuModel(),
        Runtime.getRuntime().availableProcessors(),
        physicalMemory(),
        System.getProperty("os.name") + " " + System.getProperty("os.version"),
        System.getProperty("java.vm.version") + " " + System.getProperty("java.vendor"),
        kernel,
        versions,
        Instant.now(clock).truncatedTo(ChronoUnit.SECONDS).toString());
  }

  private static long physicalMemory() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean bean
        ? bean.getTotalMemorySize()
        : 0;
  }

  private static String cpuModel() {
    try {
      if (Files.isReadable(CPU_INFO)) {
        return Files.readAllLines(CPU_INFO).stream()
            .filter(line -> line.startsWith("model name"))
            .map(line -> line.substring(line.indexOf(':') + 1).strip())
            .findFirst()
            .orElse("unknown");
      }
    } catch (IOException e) {
      System.getLogger(Machine.class.getName())
          .log(System.Logger.Level.DEBUG, CPU_INFO + " cannot be read", e);
    }
    return "unknown";
  }
}
