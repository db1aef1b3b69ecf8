// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.soak;

import io.github.luceneivf.benchmarks.data.VectorRows;
import io.github.luceneivf.client.FallbackEncoder;
import io.github.luceneivf.client.FallbackTrainer;
import io.github.luceneivf.client.RemoteCodebookTrainer;
import io.github.luceneivf.client.RemoteConfig;
import io.github.luceneivf.client.RemoteVectorEncoder;
import io.github.luceneivf.client.SidecarConnection;
import io.github.luceneivf.client.SidecarCounters;
import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.codebook.LocalCodebookTrainer;
import io.github.luceneivf.codebook.LocalVectorEncoder;
import io.github.luceneivf.codec.config.Ports;
import io.github.luceneivf.codec.telemetry.IndexEvent;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;
import org.apache.lucene.index.CheckIndex;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;

/**
 * One soak: writes, deletes, updates, merges and searches while the sidecar is killed, and checks
 * all the time that nothing is lost. Used once, by one thread.
 */
public final class SoakRun {

  private static final int RECALL_QUERIES = 50;
  private static final double MIN_RECALL = 0.9;
  private static final int MAX_WRONG = 20;

  private final SoakSettings settings;
  private final VectorRows data;
  private final Metric metric;
  private final FloatMatrix queries;
  private final PrintWriter out;
  private final SidecarCounters training = new SidecarCounters();
  private final SidecarCounters encoding = new SidecarCounters();
  private final Map<IndexEvent.Action, LongAdder> merges = new EnumMap<>(IndexEvent.Action.class);
  private final ConcurrentLinkedQueue<String> wrong = new ConcurrentLinkedQueue<>();
  private final List<Vitals> vitals = new ArrayList<>();
  private final List<Double> recalls = new ArrayList<>();
  private long start = System.nanoTime();

  /**
   * Prepares a soak.
   *
   * @param data vectors of documents
   * @param metric of the field
   * @param queries [queries × dim]
   * @param out receives a line for each sample of figures
   */
  public SoakRun(
      SoakSettings settings, VectorRows data, Metric metric, FloatMatrix queries, PrintWriter out) {
    this.settings = settings;
    this.data = data;
    this.metric = metric;
    this.queries = queries;
    this.out = out;
    for (IndexEvent.Action action : IndexEvent.Action.values()) {
      merges.put(action, new LongAdder());
    }
  }

  /**
   * Soaks.
   *
   * @return what was wrong; empty if all was well
   * @throws IOException if the index could not be written or read at all
   */
  public List<String> run() throws IOException {
    out.printf("seed %d, %s%n", settings.seed(), settings.duration());
    Files.createDirectories(settings.folder().resolve("sidecar"));
    try (MortalSidecar sidecar = MortalSidecar.start(settings);
        SidecarConnection connection =
            SidecarConnection.open(RemoteConfig.of("127.0.0.1", sidecar.port()));
        Directory directory = FSDirectory.open(settings.folder().resolve("index"))) {
      SoakIndex index = new SoakIndex(directory, ports(connection), data, metric, settings);
      try (index) {
        soak(index, sidecar);
      }
      checkEnd(directory, index);
    }
    report();
    return List.copyOf(wrong);
  }

  private Ports ports(SidecarConnection connection) {
    return Ports.LOCAL
        .withTrainer(
            new FallbackTrainer(
                new RemoteCodebookTrainer(connection), new LocalCodebookTrainer(), training))
        .withEncoder(
            new FallbackEncoder(
                new RemoteVectorEncoder(connection), new LocalVectorEncoder(), encoding))
        .withListener(this::count);
  }

  private void count(IndexEvent event) {
    LongAdder adder = merges.get(event.action());
    if (event.cause() == IndexEvent.Cause.MERGE && adder != null) {
      adder.increment();
    }
  }

  private double seconds() {
    return (System.nanoTime() - start) / 1e9;
  }

  private void soak(SoakIndex index, MortalSidecar sidecar) throws IOException {
    RecallCheck recall =
        new RecallCheck(
            data,
            VectorRows.of(queries).matrix(0, Math.min(RECALL_QUERIES, queries.rows())),
            index.similarity());
    start = System.nanoTime(); // the sidecar has started
    try (SoakSearch search = SoakSearch.start(index.searchers(), queries, wrong)) {
      double next = 0;
      double end = settings.duration().toMillis() / 1e3;
      while (seconds() < end && wrong.size() < MAX_WRONG) {
        index.work();
        if (seconds() >= next) {
          index.refresh();
          sample(index, sidecar, recall, search.searches());
          next = seconds() + settings.sampleEvery().toMillis() / 1e3;
        }
      }
      index.refresh();
      sample(index, sidecar, recall, search.searches());
    }
  }

  /** Compares the whole index with what it must hold, and takes the figures. */
  private void sample(SoakIndex index, MortalSidecar sidecar, RecallCheck recall, long searches)
      throws IOException {
    IndexSearcher searcher = index.searchers().acquire();
    double share;
    int segments;
    try {
      wrong.addAll(index.differences(searcher.getIndexReader()));
      share = recall.measure(searcher, index.live().rows());
      segments = searcher.getIndexReader().leaves().size();
    } finally {
      index.searchers().release(searcher);
    }
    recalls.add(share);
    if (share < MIN_RECALL) {
      wrong.add(String.format(Locale.ROOT, "recall@10 at %.0f s is %.3f", seconds(), share));
    }
    Vitals now = Vitals.take(seconds());
    vitals.add(now);
    out.printf(
        Locale.ROOT,
        "%6.0f s  recall@10 %.3f  %d docs in %d segments, %d searches, killed %d times,"
            + " by the sidecar %d, here %d; %s%n",
        now.seconds(),
        share,
        index.live().size(),
        segments,
        searches,
        sidecar.kills(),
        training.remote() + encoding.remote(),
        training.fallbacks() + encoding.fallbacks(),
        now);
    out.flush();
  }

  private void checkEnd(Directory directory, SoakIndex index) throws IOException {
    try (DirectoryReader reader = DirectoryReader.open(directory)) {
      wrong.addAll(index.differences(reader));
    }
    try (CheckIndex check = new CheckIndex(directory)) {
      if (!check.checkIndex().clean) {
        wrong.add("CheckIndex is not clean");
      }
    }
  }

  private void report() {
    out.printf("merges: %s%n", merges);
    out.printf("trainings: %s%n", training);
    out.printf("encodings: %s%n", encoding);
    out.printf(
        Locale.ROOT,
        "recall@10: mean %.4f, least %.4f%n",
        recalls.stream().mapToDouble(Double::doubleValue).average().orElse(0),
        recalls.stream().mapToDouble(Double::doubleValue).min().orElse(0));
    trend(Trend.of("heap, MB", vitals, v -> v.heapBytes() / 1e6), 48);
    trend(Trend.of("direct memory, MB", vitals, v -> v.directBytes() / 1e6), 32);
    trend(Trend.of("open files", vitals, Vitals::openFiles), 150);
    trend(Trend.of("threads", vitals, Vitals::threads), 10);
    wrong.forEach(text -> out.println("WRONG: " + text));
    out.flush();
  }

  private void trend(Trend trend, double allowed) {
    out.println(trend);
    trend.growth(allowed).ifPresent(wrong::add);
  }

  /** Returns how often the sidecar was asked to do something. */
  public long asked() {
    return training.remote() + encoding.remote() + training.fallbacks() + encoding.fallbacks();
  }
}
