// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.run;

import io.github.luceneivf.benchmarks.contender.Layout;
import io.github.luceneivf.benchmarks.report.OpeningResult;
import java.io.IOException;

/**
 * What the first users of a process see: the index that each contender has by default, just opened.
 */
final class OpeningScenario {

  private OpeningScenario() {}

  /** Runs the scenario. */
  static void run(BenchContext context, Findings findings) throws IOException {
    for (String contender : context.settings().contenders()) {
      context.attempt(
          findings,
          "opening",
          contender,
          () -> findings.openings().add(measure(context, contender)));
    }
  }

  private static OpeningResult measure(BenchContext context, String contender) throws IOException {
    DescribeJob.Description description = context.describe(contender, Layout.FLUSHED);
    String index = description.defaults().index();
    String folder = context.index(contender, index, Layout.FLUSHED, description).files().toString();
    // One process to bring the pages into memory, one whose JVM is new.
    opening(context, contender, description, folder);
    OpeningJob.Opening opening = opening(context, contender, description, folder);
    return new OpeningResult(
        (contender + " " + index).strip(),
        opening.open(),
        opening.mean(0, 1),
        opening.mean(1, 10),
        opening.mean(10, 100),
        opening.mean(100, 1000),
        opening.reopen(),
        opening.reopenFirst());
  }

  private static OpeningJob.Opening opening(
      BenchContext context, String contender, DescribeJob.Description description, String folder)
      throws IOException {
    try (WorkerProcess worker = context.searcher(contender)) {
      return worker.ask(new OpeningJob(description.defaults(), folder));
    }
  }
}
