// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.soak;

import io.github.luceneivf.server.SidecarProcess;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A sidecar in a process of its own that is killed at random, as by {@code kill -9}, and started
 * again on the same port with the same data. Thread-safe.
 */
final class MortalSidecar implements Closeable {

  private static final double MAX_REST = 0.1;

  private final Path data;
  private final Duration killEvery;
  private final Random random;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread killer;
  private final int port;
  private volatile SidecarProcess process;
  private final AtomicInteger kills = new AtomicInteger();

  private MortalSidecar(SoakSettings settings) throws IOException {
    this.data = settings.folder().resolve("sidecar");
    this.killEvery = settings.killEvery();
    this.random = new Random(settings.seed());
    this.process = launch(0);
    this.port = process.awaitPort();
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

  private SidecarProcess launch(int onPort) throws IOException {
    return SidecarProcess.launch(
        SidecarProcess.Command.of(data, data.resolveSibling("sidecar.log"))
            .withJava("-Xmx512m")
            .withPort(onPort));
  }

  /** Kills and starts until it is closed. */
  private void run() {
    try {
      while (true) {
        long before = random.nextLong(killEvery.toMillis());
        if (closed.await(before, TimeUnit.MILLISECONDS)) {
          return;
        }
        process.close();
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
      SidecarProcess next = launch(port);
      process = next;
      next.awaitPort();
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
      process.close();
      killer.join();
      process.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
