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
    assertEquals(0, process.waitFor(), output);
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
}
