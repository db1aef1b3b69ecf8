// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.run;

import io.github.luceneivf.benchmarks.contender.BuildCost;
import io.github.luceneivf.benchmarks.contender.BuildPhase;
import io.github.luceneivf.benchmarks.contender.Layout;
import io.github.luceneivf.benchmarks.report.MergeResult;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.apache.lucene.util.IOUtils;

/**
 * What flushes and merges cost once an index knows its rows: ten flushes and a forced merge of the
 * index that each contender has by default, again and again, taking turns. The first round warms up
 * and is not counted.
 */
final class MergingScenario {

  private MergingScenario() {}

  /** Runs the scenario. */
  static void run(BenchContext context, Findings findings) throws IOException {
    List<Builder> started = new ArrayList<>();
    try {
      for (String contender : context.settings().contenders()) {
        context.attempt(
            findings, "merging", contender, () -> Builder.start(context, contender, started));
      }
      context.say("merging: learns");
      Turns<Builder> turns = new Turns<>("merging", context, findings, started, Builder::contender);
      turns.each(Builder::learn);
      int rounds = 1 + context.settings().effort().repetitions();
      for (int round = 0; round < rounds; round++) {
        context.say("merging: %s", round == 0 ? "warms up" : "repetition " + round);
        turns.round(round, rounds, Builder::build);
      }
      turns.fit().forEach(builder -> findings.merges().add(builder.result()));
    } finally {
      IOUtils.close(started);
    }
  }

  /** A contender that builds. */
  private static final class Builder implements Closeable {

    private final WorkerProcess worker;
    private final DescribeJob.Description description;

    /** Of its index, which is removed when it is done. */
    private final Path folder;

    /** Of each round. */
    private final List<BuildCost> costs = new ArrayList<>();

    private BuildPhase learning = BuildPhase.NONE;

    Builder(WorkerProcess worker, DescribeJob.Description description, Path folder) {
      this.worker = worker;
      this.description = description;
      this.folder = folder;
    }

    static void start(BenchContext context, String contender, List<Builder> to) throws IOException {
      DescribeJob.Description description = context.describe(contender, Layout.MERGED);
      if (!description.supported()) {
        context.say("%s is left out: it cannot do this", contender);
        return;
      }
      Path folder =
          context
              .settings()
              .work()
              .resolve("merging")
              .resolve(context.set().name())
              .resolve(contender);
      IOUtils.rm(folder);
      to.add(new Builder(context.searcher(contender), description, folder));
    }

    String contender() {
      return worker.contender();
    }

    private String index() {
      return description.defaults().index();
    }

    void learn() throws IOException {
      Path place = Files.createDirectories(folder.resolve("index"));
      learning = worker.ask(new LearnJob(index(), place.toString()));
    }

    void build() throws IOException {
      Path place = Files.createDirectories(folder.resolve("index"));
      try {
        costs.add(worker.ask(new RebuildJob(index(), Layout.MERGED, place.toString())));
      } finally {
        IOUtils.rm(folder);
      }
    }

    MergeResult result() {
      return new MergeResult(
          (contender() + " " + index()).strip(),
          description.family(),
          median(cost -> cost.flush().seconds()),
          median(cost -> cost.flush().threadSeconds()),
          median(cost -> cost.merge().seconds()),
          median(cost -> cost.merge().threadSeconds()),
          (long) median(cost -> cost.merge().writtenBytes()),
          learning.seconds(),
          Math.max(
              learning.heapPeakBytes(),
              costs.stream().mapToLong(cost -> cost.merge().heapPeakBytes()).max().orElse(0)));
    }

    private double median(ToDoubleFunction<BuildCost> figure) {
      return Points.median(costs.subList(1, costs.size()), figure);
    }

    @Override
    public void close() throws IOException {
      worker.close();
    }
  }
}
