// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.codebook.CodebookTrainer;
import io.github.luceneivf.codebook.LocalCodebookTrainer;
import io.github.luceneivf.codebook.TrainedCodebook;
import io.github.luceneivf.codebook.TrainingMonitor;
import io.github.luceneivf.codebook.TrainingRequest;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Trains here, but holds a training until another thread wants to train too: it waits at the gate,
 * or, were there none, has come in as well.
 */
final class HeldTrainer implements CodebookTrainer {

  private static final long SECONDS = 60;

  private final boolean remote;
  private final AtomicInteger trainings = new AtomicInteger();
  private final AtomicInteger inside = new AtomicInteger();
  private volatile int held = Integer.MAX_VALUE;
  private volatile Runnable before = () -> {};
  private volatile Step then = (_, _) -> {};

  HeldTrainer(boolean remote) {
    this.remote = remote;
  }

  /** Something done in a training, told which one it is. */
  interface Step {
    void run(int number, TrainingMonitor monitor) throws IOException;
  }

  /** Holds only so many trainings. */
  HeldTrainer holding(int most) {
    held = most;
    return this;
  }

  /** Does something at the beginning of a training. */
  void before(Runnable step) {
    before = step;
  }

  /** Does something once another thread wants to train, before the training. */
  HeldTrainer then(Step step) {
    then = step;
    return this;
  }

  int trainings() {
    return trainings.get();
  }

  @Override
  public boolean isRemote() {
    return remote;
  }

  @Override
  public TrainedCodebook train(TrainingRequest request, FloatMatrix sample, TrainingMonitor monitor)
      throws IOException {
    int number = trainings.incrementAndGet();
    inside.incrementAndGet();
    try {
      before.run();
      if (number <= held) {
        await(() -> atGate().isPresent() || inside.get() > 1, monitor);
      }
      then.run(number, monitor);
      return new LocalCodebookTrainer(1).train(request, sample, monitor);
    } finally {
      inside.decrementAndGet();
    }
  }

  /** Returns a thread that waits at a gate. */
  static Optional<Thread> atGate() {
    for (Map.Entry<Thread, StackTraceElement[]> thread : Thread.getAllStackTraces().entrySet()) {
      for (StackTraceElement frame : thread.getValue()) {
        if (frame.getClassName().endsWith(".TrainingGate")
            && frame.getMethodName().equals("waitForChange")) {
          return Optional.of(thread.getKey());
        }
      }
    }
    return Optional.empty();
  }

  /** Waits for a state, and hears aborts meanwhile. */
  static void await(BooleanSupplier state, TrainingMonitor monitor) throws IOException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    while (!state.getAsBoolean()) {
      monitor.check();
      if (System.nanoTime() > deadline) {
        throw new IOException("nobody came");
      }
      LockSupport.parkNanos(1_000_000);
    }
  }

  static boolean await(CountDownLatch latch) {
    try {
      return latch.await(SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  static void await(CyclicBarrier barrier) {
    try {
      barrier.await(SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }
}
