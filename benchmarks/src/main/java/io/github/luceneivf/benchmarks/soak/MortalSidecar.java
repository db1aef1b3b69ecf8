package io.github.luceneivf.benchmarks.soak;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A sidecar in a process of its own that is killed at random, as by {@code kill -9}, and started
 * again on the same port with the same data. Thread-safe.
 */
final class MortalSidecar implements Closeable {

  private static final String READY = "listening on ";
  private static final double MAX_REST = 0.1;

  private final Path data;
  private final Duration killEvery;
  private final Random random;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread killer;
  private final Thread hook;
  private final int port;
  private volatile Process process;
  private final AtomicInteger kills = new AtomicInteger();

  private MortalSidecar(SoakSettings settings) throws IOException {
    this.data = settings.folder().resolve("sidecar");
    this.killEvery = settings.killEvery();
    this.random = new Random(settings.seed());
    this.process = launch(0);
    this.port = awaitPort(process);
    this.hook = new Thread(() -> process.destroyForcibly(), "soak-sidecar-stop");
    Runtime.getRuntime().addShutdownHook(hook);
    this.killer = Thread.ofPlatform().daemon().name("soak-killer").unstarted(this::run);
  }

  /** Starts it, and begins to kill it. */
  static MortalSidecar start(SoakSettings settings) throws IOException {
    MortalSidecar sidecar = new MortalSidecar(settings);
    sidecar.killer.start();
    return sidecar;
  }

  /** Returns the port, always the same. */
  int port() {
    return port;
  }

  /** Returns how often it was killed. */
  int kills() {
    return kills.get();
  }

  private Process launch(int onPort) throws IOException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx512m",
            "--add-modules=jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            "io.github.luceneivf.server.cli.IvfServer",
            "serve",
            "--port",
            Integer.toString(onPort),
            "--data",
            data.toString());
    return new ProcessBuilder(command)
        .redirectError(
            ProcessBuilder.Redirect.appendTo(data.resolveSibling("sidecar.log").toFile()))
        .start();
  }

  private static int awaitPort(Process process) throws IOException {
    BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
    String line = out.readLine();
    if (line == null || !line.startsWith(READY)) {
      process.destroyForcibly();
      throw new IOException("the sidecar must say that it listens, said: " + line);
    }
    return Integer.parseInt(line.substring(line.lastIndexOf(':') + 1));
  }

  /** Kills and starts until it is closed. */
  private void run() {
    try {
      while (true) {
        long before = random.nextLong(killEvery.toMillis());
        if (closed.await(before, TimeUnit.MILLISECONDS)) {
          return;
        }
        process.destroyForcibly().waitFor();
        kills.incrementAndGet();
        long rest = random.nextLong(Math.max(1, (long) (killEvery.toMillis() * MAX_REST)));
        if (closed.await(rest, TimeUnit.MILLISECONDS)) {
          return;
        }
        restart();
        if (closed.await(
            Math.max(0, killEvery.toMillis() - before - rest), TimeUnit.MILLISECONDS)) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Starts it again; if that fails, as when the port is taken, the next round tries anew. */
  private void restart() {
    try {
      Process next = launch(port);
      process = next;
      awaitPort(next);
    } catch (IOException e) {
      if (closed.getCount() == 0) {
        return; // killed while it started
      }
      System.getLogger(MortalSidecar.class.getName())
          .log(System.Logger.Level.WARNING, "the sidecar did not start again", e);
    }
  }

  @Override
  public void close() {
    closed.countDown();
    try {
      process.destroyForcibly().waitFor();
      killer.join();
      process.destroyForcibly().waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      Runtime.getRuntime().removeShutdownHook(hook);
    }
  }
}
