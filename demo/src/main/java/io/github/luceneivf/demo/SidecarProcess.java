// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.demo;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The training sidecar as a process of its own, on the same Java and class path, on a port that the
 * system chose. It dies with this process. Thread-safe.
 */
final class SidecarProcess implements AutoCloseable {

  private static final Pattern READY = Pattern.compile("listening on \\S*:(\\d+)");
  private static final int START_SECONDS = 60;

  private final Process process;
  private final int port;
  private final Thread hook;

  private SidecarProcess(Process process, int port, Thread hook) {
    this.process = process;
    this.port = port;
    this.hook = hook;
  }

  /**
   * Starts a sidecar and waits until it listens; the caller closes it.
   *
   * @param data folder of the sidecar's own data
   * @param log receives what it prints
   * @throws DemoException if it does not listen within a minute
   */
  static SidecarProcess start(Path data, Path log) throws IOException, DemoException {
    Files.createDirectories(data);
    Process process = new ProcessBuilder(command(data)).redirectErrorStream(true).start();
    Thread hook = new Thread(process::destroyForcibly, "sidecar-stop");
    Runtime.getRuntime().addShutdownHook(hook);
    CompletableFuture<Integer> ready = new CompletableFuture<>();
    Thread.ofPlatform().daemon().name("sidecar-log").start(() -> copy(process, log, ready));
    try {
      return new SidecarProcess(process, ready.get(START_SECONDS, TimeUnit.SECONDS), hook);
    } catch (ExecutionException | TimeoutException e) {
      process.destroyForcibly();
      String reason = e instanceof TimeoutException ? "not listening after a minute" : "it ended";
      throw new DemoException("the sidecar did not start (" + reason + "); see " + log, e);
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new DemoException("interrupted while the sidecar started", e);
    }
  }

  private static List<String> command(Path data) {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    return List.of(
        java,
        "--add-modules",
        "jdk.incubator.vector",
        "--enable-native-access=ALL-UNNAMED",
        "-cp",
        absolute(System.getProperty("java.class.path")),
        "io.github.luceneivf.server.cli.IvfServer",
        "serve",
        "--port",
        "0",
        "--data",
        data.toString());
  }

  private static String absolute(String classPath) {
    return Pattern.compile(File.pathSeparator, Pattern.LITERAL)
        .splitAsStream(classPath)
        .map(entry -> Path.of(entry).toAbsolutePath().toString())
        .reduce((a, b) -> a + File.pathSeparator + b)
        .orElseThrow();
  }

  /** Copies the process's output to a file until it ends, and finds the port in it. */
  private static void copy(Process process, Path log, CompletableFuture<Integer> ready) {
    try (BufferedReader in = process.inputReader(StandardCharsets.UTF_8);
        BufferedWriter out = Files.newBufferedWriter(log)) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        out.write(line);
        out.newLine();
        out.flush();
        Matcher matcher = READY.matcher(line);
        if (!ready.isDone() && matcher.find()) {
          ready.complete(Integer.valueOf(matcher.group(1)));
        }
      }
      ready.completeExceptionally(new IOException("the output ended"));
    } catch (IOException e) {
      ready.completeExceptionally(e);
    }
  }

  /** Returns the port it listens on. */
  int port() {
    return port;
  }

  /** Returns its process id. */
  long pid() {
    return process.pid();
  }

  /** Kills the process as {@code kill -9} does, and waits until it is gone. */
  void kill() throws DemoException {
    process.destroyForcibly();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        throw new DemoException("the sidecar, process " + pid() + ", cannot be killed");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DemoException("interrupted while the sidecar ended", e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
    Runtime.getRuntime().removeShutdownHook(hook);
  }
}
