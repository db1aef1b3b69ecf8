// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.demo;

import io.github.luceneivf.probe.IvfSearchStrategy;
import io.github.luceneivf.search.IvfKnnFloatVectorQuery;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.OptionalInt;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.ScoreDoc;

/**
 * Recall and latency beside exact search and Lucene's HNSW on the same vectors, each merged to one
 * segment, on one thread, without query cache.
 */
final class Comparison {

  private final Screen screen;
  private final Dataset data;
  private final OptionalInt nprobe;

  Comparison(Screen screen, Dataset data, OptionalInt nprobe) {
    this.screen = screen;
    this.data = data;
    this.nprobe = nprobe;
  }

  /**
   * What was measured.
   *
   * @param docs documents searched
   * @param facts of the index's segments
   * @param ivf this index
   * @param hnsw Lucene's HNSW
   * @param indexBytes all files of the index
   */
  record Figures(int docs, SegmentFacts facts, Way ivf, Way hnsw, long indexBytes) {}

  /**
   * A way to search.
   *
   * @param result what was found and how fast
   * @param recall mean recall@10 against exact search
   */
  record Way(Measurements.Result result, double recall) {}

  private record Hnsw(Measurements.Result result, Duration built, long bytes) {}

  /**
   * Measures and shows.
   *
   * @param built how long the index took
   * @param hnswPath where an index for HNSW is made
   */
  Figures run(VectorIndex index, Duration built, Path hnswPath) throws IOException {
    Hnsw hnsw = hnsw(hnswPath);
    try (DirectoryReader reader = index.openReader()) {
      Measurements.Result exact = Measurements.of(reader, data.queries(), Comparison::exact);
      Measurements.Result ivf = Measurements.of(reader, data.queries(), this::nearest);
      Figures figures =
          new Figures(
              reader.numDocs(),
              SegmentFacts.of(reader, data.queries(), strategy()),
              new Way(ivf, ivf.recall(exact)),
              new Way(hnsw.result, hnsw.result.recall(exact)),
              index.bytes());
      show(figures, exact, built, hnsw);
      return figures;
    }
  }

  /** Returns recall@10 of an index against exact search in it. */
  double recall(VectorIndex index) throws IOException {
    try (DirectoryReader reader = index.openReader()) {
      return Measurements.found(reader, data.queries(), this::nearest)
          .recall(Measurements.found(reader, data.queries(), Comparison::exact));
    }
  }

  private Hnsw hnsw(Path path) throws IOException {
    try (VectorIndex index =
        VectorIndex.create(path, new Lucene99HnswVectorsFormat(), new SerialMergeScheduler())) {
      long start = System.nanoTime();
      index.fill(data.corpus().documents(), data.documents());
      Duration built = Duration.ofNanos(System.nanoTime() - start);
      try (DirectoryReader reader = index.openReader()) {
        return new Hnsw(
            Measurements.of(reader, data.queries(), Comparison::stock), built, index.bytes());
      }
    }
  }

  private static ScoreDoc[] exact(IndexSearcher searcher, float[] query) throws IOException {
    return ExactScan.search(searcher, VectorIndex.VECTOR, query, Measurements.K);
  }

  private static ScoreDoc[] stock(IndexSearcher searcher, float[] query) throws IOException {
    KnnFloatVectorQuery knn = new KnnFloatVectorQuery(VectorIndex.VECTOR, query, Measurements.K);
    return searcher.search(knn, Measurements.K).scoreDocs;
  }

  /** The stock query, unless lists to probe are given. */
  private ScoreDoc[] nearest(IndexSearcher searcher, float[] query) throws IOException {
    if (nprobe.isEmpty()) {
      return stock(searcher, query);
    }
    IvfKnnFloatVectorQuery knn =
        new IvfKnnFloatVectorQuery(VectorIndex.VECTOR, query, Measurements.K, null, strategy());
    return searcher.search(knn, Measurements.K).scoreDocs;
  }

  private IvfSearchStrategy strategy() {
    return nprobe.isPresent()
        ? IvfSearchStrategy.nprobe(nprobe.getAsInt())
        : IvfSearchStrategy.CALIBRATED;
  }

  private void show(Figures figures, Measurements.Result exact, Duration built, Hnsw hnsw) {
    SegmentFacts facts = figures.facts;
    screen.line(
        "%d queries: half are example sentences, half definitions, of synsets not indexed.",
        data.queries().length);
    screen.table(
        new Table("", "recall@10", "p50", "p99", "scanned", "build", "size")
            .row(cells("exact scan", new Way(exact, 1), "100.0 %", "-", "-"))
            .row(
                cells(
                    "IVF, nprobe %d of %d".formatted(facts.nprobe(), facts.nlist()),
                    figures.ivf,
                    Text.percent(facts.scanned()),
                    Text.time(built),
                    Text.megabytes(figures.indexBytes)))
            .row(
                cells(
                    "Lucene's HNSW",
                    figures.hnsw,
                    "-",
                    Text.time(hnsw.built),
                    Text.megabytes(hnsw.bytes))));
    screen.line(
        "%s, %d segment, of these without lists: %d. Scanned: vectors whose code was",
        nprobe.isPresent() ? "IvfKnnFloatVectorQuery" : "Stock KnnFloatVectorQuery",
        facts.segments(),
        facts.exact());
    screen.line(
        "looked at. Build: indexing in %d flushes with all merges. Size: texts included.",
        VectorIndex.FLUSHES + VectorIndex.LATE_FLUSHES);
  }

  private static Object[] cells(String name, Way way, String scanned, String built, String size) {
    return new Object[] {
      name,
      String.format(Locale.ROOT, "%.3f", way.recall),
      Text.micros(way.result.p50Micros()),
      Text.micros(way.result.p99Micros()),
      scanned,
      built,
      size
    };
  }
}
