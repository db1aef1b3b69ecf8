// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class KernelsTest {

  /** Prints the kernel of its process. */
  static final class Probe {
    public static void main(String[] args) {
      System.out.println("kernel=" + Kernels.get().name());
    }
  }

  private static String run(List<String> options) throws IOException, InterruptedException {
    return run(options, 0);
  }

  private static String run(List<String> options, int status)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElseThrow());
    // As wide as here.
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(option -> option.startsWith("-XX:"))
        .forEach(command::add);
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Probe.class.getName()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(status, process.waitFor(), output);
    return output;
  }

  @Test
  void withoutTheModuleTheScalarKernelRunsAndSaysSoOnce() throws Exception {
    String output = run(List.of());
    assertTrue(output.contains("kernel=scalar"), output);
    assertEquals(2, output.split("--add-modules jdk.incubator.vector", -1).length, output);
  }

  @Test
  void withTheModuleTheVectorKernelRuns() throws Exception {
    String output = run(List.of("--add-modules", "jdk.incubator.vector"));
    String expected =
        PanamaKernel.isSupported() ? "kernel=" + new PanamaKernel().name() : "kernel=scalar";
    assertTrue(output.contains(expected), output);
  }

  @Test
  void tablesOfNarrowRegistersMayBeAskedFor() throws Exception {
    String output = run(List.of("--add-modules", "jdk.incubator.vector", tableBits("128")));
    int bits = 32 * PanamaKernel.LANES;
    assertTrue(
        output.contains("kernel=panama-" + bits + (bits > 128 ? "-tables-128" : "")), output);
  }

  @Test
  void registersThatThereAreNotAreNamed() throws Exception {
    String output = run(List.of("--add-modules", "jdk.incubator.vector", tableBits("96")), 1);
    String message = ByteTables.PROPERTY + " must be 128 or " + 32 * PanamaKernel.LANES;
    assertTrue(output.contains(message + ", got: 96"), output);
  }

  private static String tableBits(String bits) {
    return "-D" + ByteTables.PROPERTY + "=" + bits;
  }
}
