// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.contender;

import io.github.luceneivf.benchmarks.data.Recall;
import io.github.luceneivf.client.FallbackEncoder;
import io.github.luceneivf.client.FallbackTrainer;
import io.github.luceneivf.client.RemoteCodebookTrainer;
import io.github.luceneivf.client.RemoteConfig;
import io.github.luceneivf.client.RemoteVectorEncoder;
import io.github.luceneivf.client.SidecarConnection;
import io.github.luceneivf.client.SidecarCounters;
import io.github.luceneivf.codebook.LocalCodebookTrainer;
import io.github.luceneivf.codebook.LocalVectorEncoder;
import io.github.luceneivf.codec.BackgroundMergeScheduler;
import io.github.luceneivf.codec.config.Ports;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.LongStream;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.store.Directory;
import org.apache.lucene.util.IOUtils;

/**
 * Searches ten segments at a steady rate, first with nothing else to do, then while they are merged
 * into one, on threads of lower priority, and a codebook is trained for it. Confined to one thread,
 * which searches.
 */
public final class Traffic {

  /** Between queries: far less than one core can answer. */
  private static final long PERIOD_NANOS = 5_000_000;

  /** Merges before those that are measured, at most. */
  private static final int MOST_WARM_UP_ROUNDS = 40;

  /** Share of a round for which the JVM compiles at most, once it is warm. */
  private static final double COMPILED = 0.01;

  /** Time to warm up for at most, in multiples of the time for which the index is idle. */
  private static final double MOST_WARM_UP = 8;

  private static final double SEARCH_SECONDS = 0.2;

  /** Merges that are measured: in one alone few queries are asked. */
  private static final int MEASURED_ROUNDS = 4;

  /** A query is slow from so many times the 99th percentile of an idle index on. */
  private static final double SLOW = 1.5;

  /** Who flushes, so that whoever merges finds the same segments: flushes ask no sidecar. */
  private static final Ports HERE = Ports.LOCAL.withTrainer(new LocalCodebookTrainer(1));

  private final IvfContender contender;
  private final PreparedVectors vectors;
  private final float[][] queries;
  private final double idleSeconds;

  /**
   * Prepares traffic.
   *
   * @param contender one of this project
   * @param queries asked in turn, at the contender's default settings
   * @param idleSeconds how long the index is searched before the merges, in all
   * @throws IllegalArgumentException if the contender is not of this project
   */
  public Traffic(
      Contender contender, PreparedVectors vectors, float[][] queries, double idleSeconds) {
    if (!(contender instanceof IvfContender ours)) {
      throw new IllegalArgumentException(
          "contender must be of this project, got: " + contender.name());
    }
    this.contender = ours;
    this.vectors = vectors;
    this.queries = queries;
    this.idleSeconds = idleSeconds;
  }

  /**
   * Times of queries by the clock on the wall, in microseconds from when each was due.
   *
   * @param count how many
   * @param p50 median
   * @param p99 99th percentile
   */
  public record Latency(int count, double p50, double p99) {

    static Latency of(LongStream nanos) {
      long[] sorted = nanos.sorted().toArray();
      return new Latency(sorted.length, micros(sorted, 0.5), micros(sorted, 0.99));
    }

    private static double micros(long[] sorted, double share) {
      return sorted.length == 0 ? Double.NaN : sorted[(int) (share * sorted.length)] / 1e3;
    }
  }

  /**
   * What happened.
   *
   * @param idle before the merges
   * @param merging while they ran
   * @param slowPerMerge queries beside a merge, on average, that took over 1.5 times the idle p99
   * @param mergeSeconds a merge, on average, by the clock on the wall
   * @param warmUpRounds merges before those that were measured
   * @param remote what the sidecar did for those that were measured
   * @param fallbacks what it failed to do
   */
  public record Figures(
      Latency idle,
      Latency merging,
      double slowPerMerge,
      double mergeSeconds,
      int warmUpRounds,
      long remote,
      long fallbacks) {}

  /** One merge; nanoseconds of each query before it and beside it. */
  @SuppressWarnings("ArrayRecordComponent") // carried, never compared
  private record Round(long[] idle, long[] merging, double mergeSeconds) {}

  /**
   * Runs until the JVM has hardly anything left to compile, and a few more times to be measured.
   *
   * @param port of a sidecar on this machine that trains and encodes; empty for this process
   * @param folder exists and is empty
   */
  public Figures run(OptionalInt port, Path folder) throws IOException {
    Path flushed = Files.createDirectory(folder.resolve("flushed"));
    try {
      flush(flushed);
      return merges(port, flushed);
    } finally {
      IOUtils.rm(flushed);
    }
  }

  private Figures merges(OptionalInt port, Path flushed) throws IOException {
    if (port.isEmpty()) {
      return measure(HERE, warmUp(HERE, flushed), flushed, new SidecarCounters());
    }
    RemoteConfig remote = RemoteConfig.of("127.0.0.1", port.getAsInt());
    try (SidecarConnection sidecar = SidecarConnection.open(remote)) {
      int rounds = warmUp(ports(sidecar, new SidecarCounters()), flushed);
      SidecarCounters counters = new SidecarCounters();
      return measure(ports(sidecar, counters), rounds, flushed, counters);
    }
  }

  private void flush(Path folder) throws IOException {
    LuceneBuild flushes = build(HERE);
    try (Directory directory = Directories.open(folder);
        IndexWriter writer = flushes.writer(directory)) {
      flushes.addAll(writer);
    }
  }

  private int warmUp(Ports ports, Path flushed) throws IOException {
    double seconds = Math.min(idleSeconds, SEARCH_SECONDS);
    long end = System.nanoTime() + (long) (MOST_WARM_UP * idleSeconds * 1e9);
    int rounds = 0;
    while (rounds < MOST_WARM_UP_ROUNDS && System.nanoTime() < end) {
      rounds++;
      long start = System.nanoTime();
      long compiled = compiledMillis();
      round(ports, seconds, flushed);
      double millis = (System.nanoTime() - start) / 1e6;
      if (compiledMillis() - compiled < COMPILED * millis) {
        break;
      }
    }
    return rounds;
  }

  private static long compiledMillis() {
    return ManagementFactory.getCompilationMXBean().getTotalCompilationTime();
  }

  private Figures measure(Ports ports, int warmUpRounds, Path flushed, SidecarCounters counters)
      throws IOException {
    List<Round> rounds = new ArrayList<>();
    for (int i = 0; i < MEASURED_ROUNDS; i++) {
      rounds.add(round(ports, idleSeconds / MEASURED_ROUNDS, flushed));
    }
    Latency idle = Latency.of(rounds.stream().flatMapToLong(round -> LongStream.of(round.idle)));
    double slow = SLOW * idle.p99 * 1e3;
    return new Figures(
        idle,
        Latency.of(rounds.stream().flatMapToLong(round -> LongStream.of(round.merging))),
        rounds.stream()
            .mapToLong(round -> LongStream.of(round.merging).filter(nanos -> nanos > slow).count())
            .average()
            .orElseThrow(),
        rounds.stream().mapToDouble(Round::mergeSeconds).average().orElseThrow(),
        warmUpRounds,
        counters.remote(),
        counters.fallbacks());
  }

  /** Returns ports of a sidecar that fall back to this process, and count it. */
  static Ports ports(SidecarConnection sidecar, SidecarCounters counters) {
    return Ports.LOCAL
        .withTrainer(
            new FallbackTrainer(
                new RemoteCodebookTrainer(sidecar), new LocalCodebookTrainer(1), counters))
        .withEncoder(
            new FallbackEncoder(
                new RemoteVectorEncoder(sidecar), new LocalVectorEncoder(), counters));
  }

  /** Merges the segments of a folder in another one, which has the same files. */
  private Round round(Ports ports, double seconds, Path flushed) throws IOException {
    Path place = Files.createTempDirectory(flushed.getParent(), "round");
    try (Directory directory = Directories.open(place);
        Directory from = Directories.open(flushed)) {
      for (String file : from.listAll()) {
        if (!file.equals(IndexWriter.WRITE_LOCK_NAME)) {
          Files.createLink(place.resolve(file), flushed.resolve(file));
        }
      }
      LuceneBuild merges = build(ports);
      try (IndexWriter writer = merges.writer(directory, new BackgroundMergeScheduler());
          OpenIndex open = contender.open("", place)) {
        OpenIndex.Search search = open.search(contender.defaults(), Recall.K, null);
        long end = System.nanoTime() + (long) (seconds * 1e9);
        long[] idle = ask(search, () -> System.nanoTime() < end);
        return merge(merges, writer, search, idle);
      }
    } finally {
      IOUtils.rm(place);
    }
  }

  private LuceneBuild build(Ports ports) {
    return new LuceneBuild(contender.format(ports), vectors, Layout.MERGED);
  }

  private Round merge(LuceneBuild build, IndexWriter writer, OpenIndex.Search search, long[] idle)
      throws IOException {
    try (ExecutorService merger = Executors.newSingleThreadExecutor()) {
      Future<Double> merge =
          merger.submit(() -> {
            long start = System.nanoTime();
            build.mergeOnly(writer);
            return (System.nanoTime() - start) / 1e9;
          });
      long[] merging = ask(search, () -> !merge.isDone());
      return new Round(idle, merging, merge.get());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while a merge ran", e);
    } catch (ExecutionException e) {
      throw new IOException("the merge failed", e.getCause());
    }
  }

  /** Returns the nanoseconds from when each query was due until it was answered. */
  private long[] ask(OpenIndex.Search search, BooleanSupplier goOn) throws IOException {
    LongStream.Builder latencies = LongStream.builder();
    long due = System.nanoTime();
    for (int i = 0; goOn.getAsBoolean(); i++) {
      for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
        LockSupport.parkNanos(wait);
      }
      search.rows(queries[i % queries.length]);
      latencies.add(System.nanoTime() - due);
      due += PERIOD_NANOS;
    }
    return latencies.build().toArray();
  }
}
