// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A sidecar in a process of its own, on the Java and the class path of this process, which it does
 * not outlive. Thread-safe; whoever launched it closes it.
 */
public final class SidecarProcess implements Closeable {

  private static final String READY = "listening on ";
  private static final int START_SECONDS = 60;

  private final Process process;
  private final Path log;
  private final Thread hook;
  private final CompletableFuture<Integer> port = new CompletableFuture<>();

  private SidecarProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
    this.hook = new Thread(process::destroyForcibly, "sidecar-stop");
  }

  /**
   * How a sidecar is started. Immutable.
   *
   * @param prefix command that runs its JVM, for example {@code taskset -c 1}; empty for none
   * @param java options of its JVM beside those that every one needs, for example {@code -Xmx512m}
   * @param data folder of what it keeps
   * @param log file that its messages are appended to
   * @param serve options of {@code serve} beside the folder of its data
   */
  public record Command(
      List<String> prefix, List<String> java, Path data, Path log, List<String> serve) {

    private static final List<String> FREE_PORT = List.of("--port", "0");

    /** Copies the lists. */
    public Command {
      prefix = List.copyOf(prefix);
      java = List.copyOf(java);
      serve = List.copyOf(serve);
    }

    /** Returns a command without a prefix, with Java's own defaults, on a free port. */
    public static Command of(Path data, Path log) {
      return new Command(List.of(), List.of(), data, log, FREE_PORT);
    }

    /** Returns a copy that another command runs. */
    public Command withPrefix(List<String> other) {
      return new Command(other, java, data, log, serve);
    }

    /** Returns a copy with other options of the JVM. */
    public Command withJava(String... other) {
      return new Command(prefix, List.of(other), data, log, serve);
    }

    /** Returns a copy for another port. */
    public Command withPort(int other) {
      return withServe("--port", Integer.toString(other));
    }

    /** Returns a copy with other options of {@code serve}. */
    public Command withServe(String... other) {
      return new Command(prefix, java, data, log, List.of(other));
    }

    /** Returns the program and its arguments. */
    public List<String> words() {
      List<String> words = new ArrayList<>(prefix);
      words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      words.addAll(java);
      words.addAll(
          List.of(
              "--add-modules=jdk.incubator.vector",
              "--enable-native-access=ALL-UNNAMED",
              "-cp",
              System.getProperty("java.class.path"),
              "io.github.luceneivf.server.cli.IvfServer",
              "serve",
              "--data",
              data.toString()));
      words.addAll(serve);
      return words;
    }
  }

  /**
   * Launches a sidecar, which may not listen yet. The folder of its data is made if it is missing.
   *
   * @throws IOException if the process cannot be started
   */
  public static SidecarProcess launch(Command command) throws IOException {
    Files.createDirectories(command.data());
    Process process =
        new ProcessBuilder(command.words())
            .redirectError(ProcessBuilder.Redirect.appendTo(command.log().toFile()))
            .start();
    SidecarProcess sidecar = new SidecarProcess(process, command.log());
    try {
      Runtime.getRuntime().addShutdownHook(sidecar.hook);
    } catch (IllegalStateException e) {
      process.destroyForcibly();
      throw new IOException("no sidecar is started while this process ends", e);
    }
    Thread.ofPlatform().daemon().name("sidecar-output").start(sidecar::readOutput);
    return sidecar;
  }

  /** Finds the port, and reads on, so that the sidecar never waits for a reader. */
  private void readOutput() {
    try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
      out.lines()
          .filter(line -> line.startsWith(READY))
          .forEach(line -> port.complete(portIn(line)));
      port.completeExceptionally(new IOException("it ended"));
    } catch (IOException | UncheckedIOException | NumberFormatException e) {
      port.completeExceptionally(e);
    }
  }

  private static int portIn(String line) {
    return Integer.parseInt(line.substring(line.lastIndexOf(':') + 1).strip());
  }

  /**
   * Waits until it listens.
   *
   * @return the port
   * @throws IOException if it ends before, or does not listen within a minute; it is killed then
   */
  public int awaitPort() throws IOException {
    try {
      return port.get(START_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      close();
      String reason = e instanceof TimeoutException ? "not listening after a minute" : "it ended";
      throw new IOException("the sidecar did not start (" + reason + "); see " + log, e);
    } catch (InterruptedException e) {
      close();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while the sidecar started", e);
    }
  }

  /** Returns its process id. */
  public long pid() {
    return process.pid();
  }

  /** Kills it, as {@code kill -9} does, and waits until it is gone. */
  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // This process ends, and the hook does what was done here.
    }
  }
}
