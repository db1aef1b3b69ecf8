// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.run;

import com.google.errorprone.annotations.FormatMethod;
import io.github.luceneivf.benchmarks.contender.Layout;
import io.github.luceneivf.benchmarks.contender.PreparedVectors;
import io.github.luceneivf.benchmarks.data.DataSet;
import io.github.luceneivf.benchmarks.data.Recall;
import io.github.luceneivf.benchmarks.report.Family;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Where scenarios work: one data set, with its vectors and indexes on disk.
 *
 * @param settings of the run
 * @param set the data set, with the queries that are used
 * @param vectors folder of its vectors
 * @param indexes its indexes
 */
record BenchContext(BenchSettings settings, DataSet set, Path vectors, IndexStore indexes) {

  /** Heap for a build: a million vectors are buffered, and a graph beside them. */
  private static final List<String> BUILD_HEAP = List.of("-Xmx6g");

  /** Touched at the start, so that a limit of memory is a limit of file pages. */
  private static final List<String> SEARCH_HEAP =
      List.of("-Xms512m", "-Xmx512m", "-XX:+AlwaysPreTouch");

  /** Prepares a data set in the run's work folder. */
  static BenchContext open(BenchSettings settings, DataSet whole) throws IOException {
    DataSet set = whole.firstQueries(Math.min(settings.queries(), whole.queries().rows()));
    Path vectors = VectorStore.prepare(set, settings.work());
    Path indexes = settings.work().resolve("indexes").resolve(set.name());
    return new BenchContext(settings, set, vectors, new IndexStore(indexes, settings.progress()));
  }

  /** Returns the number of queries, both halves together. */
  int queries() {
    return set.queries().rows();
  }

  /** Starts a worker that searches. */
  WorkerProcess searcher(String contender) throws IOException {
    return start(List.of(), contender, SEARCH_HEAP);
  }

  /** Returns an index of a contender, built if it is not there. */
  IndexStore.Stored index(
      String contender, String index, Layout layout, DescribeJob.Description description)
      throws IOException {
    return indexes.get(
        contender,
        index,
        layout,
        description.fingerprint(),
        () -> start(List.of(), contender, BUILD_HEAP));
  }

  /** Asks a contender what it is. */
  DescribeJob.Description describe(String contender, Layout layout) throws IOException {
    try (WorkerProcess worker = searcher(contender)) {
      return worker.ask(new DescribeJob(set.base().size(), layout));
    }
  }

  /**
   * Starts a worker.
   *
   * @param prefix command that runs its JVM; empty for none
   * @param heap options of its JVM
   */
  WorkerProcess start(List<String> prefix, String contender, List<String> heap) throws IOException {
    Path log = settings.work().resolve("logs").resolve(set.name() + "-" + contender + ".log");
    return WorkerProcess.start(
        prefix, contender, settings.roster().java(contender, heap), vectors, log);
  }

  /** Judges searches of all rows. */
  Judge judge() {
    return (query, rows, count) -> set.recall(query, rows, count, Recall.K);
  }

  /** Returns the tags of all rows. */
  byte[] tags() throws IOException {
    return PreparedVectors.open(vectors).tags();
  }

  /** What a contender is to do. */
  interface Step {
    void take() throws IOException;
  }

  /**
   * Lets a contender take a step; the others go on if it cannot.
   *
   * @param findings get a failure if it cannot
   * @return whether it could
   */
  boolean attempt(Findings findings, String scenario, String contender, Step step)
      throws IOException {
    try {
      step.take();
      return true;
    } catch (WorkerException e) {
      String failure = scenario + ": " + e.getMessage();
      say("%s fails: %s", contender, failure);
      findings.failures().add(failure);
      return false;
    }
  }

  /** Has each contender that merges segments take a step; what one cannot do becomes a failure. */
  void eachThatMerges(Findings findings, String scenario, ContenderStep step) throws IOException {
    for (String contender : settings.contenders()) {
      DescribeJob.Description description = describe(contender, Layout.MERGED);
      if (description.family() == Family.FAISS || !description.supported()) {
        say("%s is left out: it cannot do this", contender);
        continue;
      }
      attempt(findings, scenario, contender, () -> step.take(contender, description));
    }
  }

  /** Something that a contender does. */
  @FunctionalInterface
  interface ContenderStep {
    void take(String contender, DescribeJob.Description description) throws IOException;
  }

  /** Tells the user what is going on. */
  @FormatMethod
  void say(String format, Object... values) {
    settings.progress().say(format, values);
  }
}
