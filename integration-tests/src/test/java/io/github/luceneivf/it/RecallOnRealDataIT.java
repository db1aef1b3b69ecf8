// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.benchmarks.data.DataSet;
import io.github.luceneivf.benchmarks.data.Tsv;
import io.github.luceneivf.codec.IvfVectorsFormat;
import io.github.luceneivf.codec.config.IvfParams;
import io.github.luceneivf.codec.config.Ports;
import io.github.luceneivf.codec.telemetry.IndexEvent;
import io.github.luceneivf.it.data.DataFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Recall@10 of Lucene's stock query at the format's defaults, and the share of the vectors that it
 * scans for it; on several flushed segments and on the one they are merged into.
 */
class RecallOnRealDataIT {

  private static final int K = 10;

  /** Segments flushed; more than 4, so that the merge has grown enough to train anew. */
  private static final int FLUSHES = Integer.getInteger("ivf.recall.flushes", 6);

  private static final double TARGET = 0.95;

  @TempDir Path temp = Path.of("");

  private final List<IndexEvent> events = new CopyOnWriteArrayList<>();

  private KnnVectorsFormat format() {
    return new IvfVectorsFormat(IvfParams.DEFAULT, Ports.LOCAL.withListener(events::add));
  }

  @Test
  void fashionMnist() throws IOException {
    DataSet data = DataFolder.open("fashion-mnist").firstQueries(500);
    RecallFigures merged = flushedThenMerged(data);
    assertTrue(
        merged.scannedFraction() <= 0.06,
        () -> "scanned at most 0.06, got: " + merged.scannedFraction());
  }

  @Test
  void wordnetMinilm() throws IOException {
    DataSet data = DataFolder.open("wordnet-minilm");
    RecallFigures merged = flushedThenMerged(data);
    Path queries = DataFolder.require(data.name()).resolve("queries.tsv.gz");
    List<String> kinds = Tsv.read(queries).column("kind");
    for (String kind : kinds.stream().distinct().sorted().toList()) {
      double recall =
          IntStream.range(0, kinds.size())
              .filter(query -> kinds.get(query).equals(kind))
              .mapToDouble(query -> merged.recalls()[query])
              .average()
              .orElseThrow();
      System.out.printf("%-15s %-26s %7.4f%n", data.name(), "merged, kind " + kind, recall);
    }
    assertTrue(
        merged.scannedFraction() <= 0.20,
        () -> "scanned at most 0.20, got: " + merged.scannedFraction());
  }

  private RecallFigures flushedThenMerged(DataSet data) throws IOException {
    System.out.printf(
        "%n%-15s %-26s %7s %8s %6s %7s %8s  %s%n",
        "data", "index", "recall", "scanned", "nlist", "probed", "build s", "how");
    long start = System.nanoTime();
    try (VectorIndex flushed = VectorIndex.write(temp, data, format(), FLUSHES)) {
      double seconds = seconds(start);
      assertEquals(FLUSHES, flushed.segments());
      RecallFigures figures = RecallFigures.measure(flushed, data, K);
      print(data, FLUSHES + " flushed segments", figures, seconds);
      assertTrue(figures.recall() >= TARGET, () -> "flushed: " + figures.recall());
    }
    start = System.nanoTime();
    try (VectorIndex merged = VectorIndex.forceMerge(temp, format())) {
      double seconds = seconds(start);
      assertEquals(1, merged.segments());
      RecallFigures figures = RecallFigures.measure(merged, data, K);
      print(data, "merged into one segment", figures, seconds);
      assertTrue(figures.recall() >= TARGET, () -> "merged: " + figures.recall());
      return figures;
    }
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) / 1e9;
  }

  /** Prints a row of the table; lists probed are those of all segments together, estimated. */
  private void print(DataSet data, String index, RecallFigures figures, double seconds) {
    List<String> actions = events.stream().map(event -> event.action().name()).toList();
    assertFalse(actions.contains("EXACT"), "no segment is scanned exactly");
    int nlist = events.stream().mapToInt(IndexEvent::nlist).sum();
    System.out.printf(
        "%-15s %-26s %7.4f %7.2f%% %6d %7.0f %8.1f  %s%n",
        data.name(),
        index,
        figures.recall(),
        100 * figures.scannedFraction(),
        nlist,
        figures.scannedFraction() * nlist,
        seconds,
        String.join(" ", actions));
    events.clear();
  }
}
