// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.sidecar;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A running sidecar. Thread-safe; the caller closes it. */
public final class SidecarProcess implements Closeable {

  private static final String READY = "listening on ";

  private final Process process;

  private SidecarProcess(Process process) {
    this.process = process;
  }

  /**
   * Launches a sidecar, which may not listen yet. Its messages go to a file beside its data.
   *
   * @param prefix command that runs it; empty for none
   * @param heap option of its JVM
   * @param port to listen on; 0 for a free one
   * @param data folder of what it keeps; exists
   */
  public static SidecarProcess launch(List<String> prefix, String heap, int port, Path data)
      throws IOException {
    List<String> command = new ArrayList<>(prefix);
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            heap,
            "--add-modules=jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            "io.github.luceneivf.server.cli.IvfServer",
            "serve",
            "--port",
            Integer.toString(port),
            "--data",
            data.toString()));
    return new SidecarProcess(
        new ProcessBuilder(command)
            .redirectError(
                ProcessBuilder.Redirect.appendTo(data.resolveSibling("sidecar.log").toFile()))
            .start());
  }

  /** Waits until it listens, and returns the port. To be called once. */
  public int awaitPort() throws IOException {
    BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
    String line = out.readLine();
    if (line == null || !line.startsWith(READY)) {
      process.destroyForcibly();
      throw new IOException("the sidecar must say that it listens, said: " + line);
    }
    return Integer.parseInt(line.substring(line.lastIndexOf(':') + 1));
  }

  /** Kills it, as by {@code kill -9}, without waiting for its end. */
  public void kill() {
    process.destroyForcibly();
  }

  /** Kills it, and waits for its end. */
  @Override
  public void close() {
    try {
      process.destroyForcibly().waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
