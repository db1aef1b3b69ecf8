// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.client;

import io.github.luceneivf.client.SidecarException.Reason;
import io.github.luceneivf.codebook.CodebookId;
import io.github.luceneivf.codebook.CodebookSource;
import io.github.luceneivf.codebook.TrainedCodebook;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Codebooks that index processes share through the sidecar. A thread of its own asks for newer ones
 * of the fields that were asked for here, and publishes those that are offered here; nobody else
 * waits for the sidecar. When it is away, everything stays as it is. Thread-safe; closed by whoever
 * made it, before the connection.
 */
public final class RemoteCodebookSource implements CodebookSource, Closeable {

  private static final System.Logger LOG = System.getLogger(RemoteCodebookSource.class.getName());
  private static final int MAX_FIELDS = 10_000;
  private static final long CLOSE_SECONDS = 5;

  private final RemoteCodebookRegistry registry;
  private final CodebookCounters counters = new CodebookCounters();
  private final Map<String, State> byField = new ConcurrentHashMap<>();
  private final ScheduledExecutorService thread;
  private volatile boolean closed;

  /** What is known of one field. */
  private static final class State {
    private volatile Optional<TrainedCodebook> latest = Optional.empty();
    private Optional<TrainedCodebook> offered = Optional.empty();
    private Optional<Drift> drift = Optional.empty();

    synchronized void offer(TrainedCodebook trained) {
      offered = Optional.of(trained);
    }

    synchronized Optional<TrainedCodebook> offered() {
      return offered;
    }

    /** Forgets an offer that was settled, unless there is another by now. */
    @SuppressWarnings("ReferenceEquality") // an equal one may have been offered since
    synchronized void settle(TrainedCodebook trained) {
      offered = offered.filter(other -> other != trained);
    }

    synchronized void drift(Drift report) {
      drift = Optional.of(report);
    }

    synchronized Optional<Drift> takeDrift() {
      Optional<Drift> taken = drift;
      drift = Optional.empty();
      return taken;
    }

    /** Takes a codebook, unless a newer one is known. */
    synchronized void adopt(TrainedCodebook trained) {
      if (latest.isEmpty() || version(latest.get()) <= version(trained)) {
        latest = Optional.of(trained);
      }
    }

    private static int version(TrainedCodebook trained) {
      return trained.codebook().lineage().version();
    }
  }

  RemoteCodebookSource(RemoteCodebookRegistry registry, ScheduledExecutorService thread) {
    this.registry = registry;
    this.thread = thread;
  }

  /**
   * Starts a source.
   *
   * @param refresh time between two questions for newer codebooks, at least 1 s
   */
  public static RemoteCodebookSource start(RemoteCodebookRegistry registry, Duration refresh) {
    if (refresh.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new IllegalArgumentException("refresh must be at least 1 s, got: " + refresh);
    }
    ScheduledExecutorService thread =
        Executors.newSingleThreadScheduledExecutor(runnable -> {
          Thread created = new Thread(runnable, "ivf-codebooks");
          created.setDaemon(true);
          return created;
        });
    RemoteCodebookSource source = new RemoteCodebookSource(registry, thread);
    Future<?> _ =
        thread.scheduleWithFixedDelay(
            source::refresh, refresh.toNanos(), refresh.toNanos(), TimeUnit.NANOSECONDS);
    return source;
  }

  /** {@inheritDoc} The first question for a field is answered when the sidecar has answered it. */
  @Override
  public Optional<TrainedCodebook> latest(String field) {
    return state(field).flatMap(state -> state.latest);
  }

  @Override
  public void offer(String field, TrainedCodebook trained) {
    state(field)
        .ifPresent(state -> {
          state.offer(trained);
          wake(field, state);
        });
  }

  /** Tells how well a codebook fits; passed on when the sidecar is asked next. Never blocks. */
  public void report(String field, Drift drift) {
    state(field).ifPresent(state -> state.drift(drift));
  }

  /** Returns what became of questions, offers and reports. */
  public CodebookCounters counters() {
    return counters;
  }

  private Optional<State> state(String field) {
    State known = byField.get(field);
    if (known != null || byField.size() >= MAX_FIELDS) {
      return Optional.ofNullable(known);
    }
    State created = new State();
    State other = byField.putIfAbsent(field, created);
    if (other == null) {
      wake(field, created);
    }
    return Optional.of(other == null ? created : other);
  }

  private void wake(String field, State state) {
    if (!closed) {
      try {
        thread.execute(() -> update(field, state));
      } catch (RejectedExecutionException e) {
        LOG.log(System.Logger.Level.DEBUG, "codebooks are not asked for any more: closed");
      }
    }
  }

  /** Asks for newer codebooks of all fields; repeats offers that were not settled. */
  void refresh() {
    byField.forEach(this::update);
  }

  private void update(String field, State state) {
    if (closed) {
      return;
    }
    try {
      Optional<TrainedCodebook> offered = state.offered();
      if (offered.isPresent()) {
        publish(field, state, offered.get());
      }
      fetch(field, state);
      Optional<Drift> drift = state.takeDrift();
      if (drift.isPresent()) {
        registry.reportDrift(field, drift.get(), this::check);
        counters.reported.increment();
      }
    } catch (SidecarException e) {
      counters.failed.increment();
      if (e.reason() != Reason.CIRCUIT_OPEN) {
        LOG.log(System.Logger.Level.WARNING, "codebooks of " + field + ": " + e.getMessage());
      }
    } catch (IOException e) {
      // Closed in the meantime, or interrupted by it.
      LOG.log(System.Logger.Level.DEBUG, "codebooks of " + field + ": " + e.getMessage());
    } catch (RuntimeException e) {
      // It would end the schedule without a word.
      counters.failed.increment();
      LOG.log(System.Logger.Level.ERROR, "codebooks of " + field, e);
    }
  }

  private void publish(String field, State state, TrainedCodebook trained) throws IOException {
    try {
      boolean created = registry.publish(field, trained, this::check);
      (created ? counters.published : counters.known).increment();
      state.settle(trained);
      state.adopt(trained);
    } catch (SidecarException e) {
      if (e.reason() != Reason.REFUSED || e.isBusy()) {
        throw e;
      }
      // Another process was first, most likely; its codebook is fetched next.
      counters.refused.increment();
      state.settle(trained);
      LOG.log(System.Logger.Level.INFO, "codebook of " + field + " not shared: " + e.getMessage());
    }
  }

  private void fetch(String field, State state) throws IOException {
    Optional<CodebookId> known = state.latest.map(trained -> trained.codebook().id());
    try {
      Optional<TrainedCodebook> newer = registry.fetchLatest(field, known, this::check);
      newer.ifPresent(state::adopt);
      (newer.isPresent() ? counters.fetched : counters.unchanged).increment();
    } catch (SidecarException e) {
      if (e.reason() != Reason.NOT_FOUND) {
        throw e;
      }
      counters.unchanged.increment(); // nobody has published one yet
    }
  }

  private void check() throws IOException {
    if (closed) {
      throw new IOException("codebook source is closed");
    }
  }

  @Override
  public void close() {
    closed = true;
    thread.shutdownNow();
    try {
      if (!thread.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        LOG.log(System.Logger.Level.WARNING, "thread of codebooks still runs");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
