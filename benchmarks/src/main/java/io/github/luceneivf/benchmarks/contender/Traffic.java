package io.github.luceneivf.benchmarks.contender;

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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
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

  private static final int K = 10;

  /** Merges before the one that is measured: until then the JVM compiles what they do. */
  private static final int WARM_UP_ROUNDS = 3;

  private static final double WARM_UP_SECONDS = 1;

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
   * @param idleSeconds how long the index is searched before the merge
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

    static Latency of(long[] nanos) {
      long[] sorted = nanos.clone();
      Arrays.sort(sorted);
      return new Latency(sorted.length, micros(sorted, 0.5), micros(sorted, 0.99));
    }

    private static double micros(long[] sorted, double share) {
      return sorted.length == 0 ? Double.NaN : sorted[(int) (share * sorted.length)] / 1e3;
    }
  }

  /**
   * What happened.
   *
   * @param idle before the merge
   * @param merging while it ran
   * @param mergeSeconds by the clock on the wall
   * @param remote what the sidecar did for it
   * @param fallbacks what it failed to do
   */
  public record Figures(
      Latency idle, Latency merging, double mergeSeconds, long remote, long fallbacks) {}

  /**
   * Runs a few times to warm up and once to be measured.
   *
   * @param port of a sidecar on this machine that trains and encodes; empty for this process
   * @param folder exists and is empty
   */
  public Figures run(OptionalInt port, Path folder) throws IOException {
    if (port.isEmpty()) {
      warmUp(HERE, folder);
      return round(HERE, idleSeconds, folder);
    }
    RemoteConfig remote = RemoteConfig.of("127.0.0.1", port.getAsInt());
    try (SidecarConnection sidecar = SidecarConnection.open(remote)) {
      warmUp(ports(sidecar, new SidecarCounters()), folder);
      SidecarCounters counters = new SidecarCounters();
      Figures figures = round(ports(sidecar, counters), idleSeconds, folder);
      return new Figures(
          figures.idle(),
          figures.merging(),
          figures.mergeSeconds(),
          counters.remote(),
          counters.fallbacks());
    }
  }

  private static Ports ports(SidecarConnection sidecar, SidecarCounters counters) {
    return Ports.LOCAL
        .withTrainer(
            new FallbackTrainer(
                new RemoteCodebookTrainer(sidecar), new LocalCodebookTrainer(1), counters))
        .withEncoder(
            new FallbackEncoder(
                new RemoteVectorEncoder(sidecar), new LocalVectorEncoder(), counters));
  }

  private void warmUp(Ports ports, Path folder) throws IOException {
    for (int round = 0; round < WARM_UP_ROUNDS; round++) {
      round(ports, WARM_UP_SECONDS, folder);
    }
  }

  private Figures round(Ports ports, double seconds, Path folder) throws IOException {
    Path place = Files.createTempDirectory(folder, "round");
    try (Directory directory = Directories.open(place)) {
      LuceneBuild flushes = build(HERE);
      try (IndexWriter writer = flushes.writer(directory)) {
        flushes.addAll(writer);
      }
      LuceneBuild merges = build(ports);
      try (IndexWriter writer = merges.writer(directory, new BackgroundMergeScheduler());
          OpenIndex open = contender.open("", place)) {
        OpenIndex.Search search = open.search(contender.defaults(), K, null);
        long end = System.nanoTime() + (long) (seconds * 1e9);
        Latency idle = Latency.of(ask(search, () -> System.nanoTime() < end));
        return merge(merges, writer, search, idle);
      }
    } finally {
      IOUtils.rm(place);
    }
  }

  private LuceneBuild build(Ports ports) {
    return new LuceneBuild(contender.format(ports), vectors, Layout.MERGED);
  }

  private Figures merge(
      LuceneBuild build, IndexWriter writer, OpenIndex.Search search, Latency idle)
      throws IOException {
    try (ExecutorService merger = Executors.newSingleThreadExecutor()) {
      Future<Double> merge =
          merger.submit(() -> {
            long start = System.nanoTime();
            build.merge(writer);
            return (System.nanoTime() - start) / 1e9;
          });
      Latency merging = Latency.of(ask(search, () -> !merge.isDone()));
      return new Figures(idle, merging, merge.get(), 0, 0);
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
