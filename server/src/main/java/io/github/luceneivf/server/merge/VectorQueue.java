// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.merge;

import io.github.luceneivf.clustering.VectorSource;
import io.github.luceneivf.server.rpc.Pace;
import io.github.luceneivf.server.rpc.RequestException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Vectors as they come off a stream. The call's thread puts chunks, the encoder's thread takes them
 * and asks for one more each time; so the queue never holds more chunks than were asked for at the
 * start. Read once.
 */
final class VectorQueue implements VectorSource {

  /** How soon a cancelled call is noticed by a thread that waits for vectors. */
  private static final long POLL_MILLIS = 100;

  private sealed interface Event {}

  @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
  private record Rows(float[] values, int count) implements Event {}

  private record End() implements Event {}

  private record Failure(Throwable cause) implements Event {}

  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final int size;
  private final int dim;
  private final Pace pace;
  private final Runnable requestMore;
  private volatile boolean cancelled;
  private boolean read;

  /**
   * Creates an empty queue.
   *
   * @param size vectors that will come
   * @param idle longest wait for a chunk, and time over which the client's pace is judged
   * @param requestMore asks the client for one more message
   */
  VectorQueue(int size, int dim, Duration idle, Runnable requestMore) {
    this.size = size;
    this.dim = dim;
    this.pace = new Pace("vectors must come", idle);
    this.requestMore = requestMore;
  }

  /** Adds vectors [count × dim]; the queue owns the array now. */
  void put(float[] values, int count) {
    events.add(new Rows(values, count));
  }

  /** Says that all vectors have come. */
  void end() {
    events.add(new End());
  }

  /**
   * Makes the reader fail once it gets here.
   *
   * @param cause an unchecked exception or an error
   */
  void fail(Throwable cause) {
    events.add(new Failure(cause));
  }

  /** Makes the reader fail at once. */
  void cancel() {
    cancelled = true;
    events.add(new Failure(RequestException.cancelled("call was cancelled")));
  }

  boolean isCancelled() {
    return cancelled;
  }

  /** Forgets what nobody will read. */
  void clear() {
    events.clear();
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public int dim() {
    return dim;
  }

  @Override
  public void forEachBatch(int batchSize, BatchConsumer consumer) throws java.io.IOException {
    if (read) {
      throw new IllegalStateException("a stream of vectors can be read once");
    }
    read = true;
    int ord = 0;
    while (true) {
      switch (next()) {
        case Rows rows -> {
          requestMore.run();
          push(rows, ord, batchSize, consumer);
          ord += rows.count;
        }
        case End end -> {
          return;
        }
        case Failure failure -> {
          if (failure.cause instanceof Error error) {
            throw error;
          }
          throw (RuntimeException) failure.cause;
        }
      }
    }
  }

  private void push(Rows rows, int firstOrd, int batchSize, BatchConsumer consumer)
      throws java.io.IOException {
    float[] values = rows.values;
    for (int from = 0; from < rows.count; from += batchSize) {
      int count = Math.min(batchSize, rows.count - from);
      if (from > 0) {
        System.arraycopy(values, from * dim, values, 0, count * dim);
      }
      consumer.accept(values, firstOrd + from, count);
    }
  }

  private Event next() {
    while (true) {
      if (cancelled) {
        throw RequestException.cancelled("call was cancelled");
      }
      long start = System.nanoTime();
      try {
        Event event = events.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
        pace.waited(System.nanoTime() - start);
        if (event != null) {
          if (event instanceof Rows rows) {
            pace.moved((long) rows.count * dim * Float.BYTES);
          }
          return event;
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw RequestException.cancelled("server stopped");
      }
    }
  }
}
