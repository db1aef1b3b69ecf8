// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it;

import io.github.luceneivf.server.SidecarProcess.Command;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The sidecar as a process of its own that gets signals, or does not come up at all. */
public final class SidecarProcess implements AutoCloseable {

  private final Process process;
  private final Path log;
  private final int port;

  private SidecarProcess(Process process, Path log, int port) {
    this.process = process;
    this.log = log;
    this.port = port;
  }

  /** Returns a process that was just started; its errors go to a file. */
  static Process launch(Path data, Path log, String heap, String... options) throws IOException {
    List<String> serve = new ArrayList<>(List.of("--port", "0"));
    serve.addAll(List.of(options));
    Command command =
        Command.of(data, log).withJava("-Xmx" + heap).withServe(serve.toArray(String[]::new));
    return new ProcessBuilder(command.words()).redirectError(log.toFile()).start();
  }

  /** Starts a server and waits until it listens. */
  public static SidecarProcess start(Path data, String heap, String... options) throws IOException {
    Path log = Files.createTempFile("ivf-sidecar", ".log");
    Process process = launch(data, log, heap, options);
    BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
    String line = out.readLine();
    if (line == null || !line.startsWith("listening on 127.0.0.1:")) {
      process.destroyForcibly();
      throw new IOException("server did not start: " + line + "\n" + Files.readString(log));
    }
    return new SidecarProcess(
        process, log, Integer.parseInt(line.substring(line.lastIndexOf(':') + 1)));
  }

  /** Returns the port it listens on. */
  public int port() {
    return port;
  }

  /** Returns what it wrote to its log. */
  public String log() throws IOException {
    return Files.readString(log);
  }

  /** Returns whether the process runs. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /** Sends SIGTERM. */
  void terminate() {
    process.destroy();
  }

  /** Sends SIGKILL. */
  public void kill() {
    process.destroyForcibly();
  }

  /** Sends SIGSTOP: it keeps its connections, and does nothing. */
  public void pause() {
    signal("STOP");
  }

  /** Sends SIGCONT. */
  public void resume() {
    signal("CONT");
  }

  private void signal(String name) {
    try {
      Process kill =
          new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).inheritIO().start();
      if (kill.waitFor() != 0) {
        throw new IllegalStateException("kill -" + name + " ended with " + kill.exitValue());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits for the end; returns the status. */
  public int awaitExit(long seconds) throws InterruptedException, IOException {
    if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
      throw new IllegalStateException("server still runs after " + seconds + " s: " + log());
    }
    return process.exitValue();
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly().onExit().join();
    Files.delete(log);
  }
}
