package io.github.luceneivf.benchmarks.run;

import io.github.luceneivf.benchmarks.contender.Layout;
import io.github.luceneivf.benchmarks.data.DataSet;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Where scenarios work: one data set, with its vectors and indexes on disk.
 *
 * @param settings of the run
 * @param set the data set
 * @param queries of it that are used, both halves together
 * @param vectors folder of its vectors
 * @param indexes its indexes
 */
record Lab(BenchSettings settings, DataSet set, int queries, Path vectors, IndexStore indexes) {

  /** Heap for a build: a million vectors are buffered, and a graph beside them. */
  private static final String BUILD_HEAP = "-Xmx6g";

  private static final String SEARCH_HEAP = "-Xmx2g";

  /** Opens a lab in the run's work folder. */
  static Lab open(BenchSettings settings, DataSet set) throws IOException {
    Path vectors = VectorStore.prepare(set, settings.queries(), settings.work());
    Path indexes = settings.work().resolve("indexes").resolve(set.name());
    return new Lab(
        settings,
        set,
        Math.min(settings.queries(), set.queries().rows()),
        vectors,
        new IndexStore(indexes, settings.progress()));
  }

  /** Starts a worker that searches. */
  WorkerProcess searcher(String contender) throws IOException {
    return start(contender, SEARCH_HEAP);
  }

  /** Returns an index of a contender, built if it is not there. */
  IndexStore.Stored index(
      String contender, String index, Layout layout, DescribeJob.Description description)
      throws IOException {
    return indexes.get(
        contender, index, layout, description.fingerprint(), () -> start(contender, BUILD_HEAP));
  }

  private WorkerProcess start(String contender, String heap) throws IOException {
    Path log = settings.work().resolve("logs").resolve(set.name() + "-" + contender + ".log");
    return WorkerProcess.start(contender, settings.roster().java(contender, heap), vectors, log);
  }

  /** Judges searches of all rows. */
  Judge judge() {
    return (query, rows, count) -> set.recall(query, rows, count, Half.K);
  }

  /** Tells the user what is going on. */
  void say(String format, Object... values) {
    settings.progress().say(format, values);
  }
}
