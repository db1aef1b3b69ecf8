// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.run;

import io.github.luceneivf.benchmarks.contender.BuildCost;
import io.github.luceneivf.benchmarks.contender.Layout;
import io.github.luceneivf.benchmarks.report.BuildResult;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What indexes cost: every index in one flush, and the one that users get by default in ten flushes
 * and a forced merge as well. An index that is there keeps what it cost when it was built.
 */
final class BuildScenario {

  private BuildScenario() {}

  /** Runs the scenario. */
  static void run(BenchContext context, Findings findings) throws IOException {
    for (String contender : context.settings().contenders()) {
      context.attempt(
          findings,
          "build",
          contender,
          () -> findings.builds().addAll(measure(context, contender)));
    }
  }

  private static List<BuildResult> measure(BenchContext context, String contender)
      throws IOException {
    List<BuildResult> results = new ArrayList<>();
    DescribeJob.Description description = context.describe(contender, Layout.MERGED);
    for (String index : description.indexes()) {
      BuildCost flushed = context.index(contender, index, Layout.FLUSHED, description).cost();
      double merge =
          description.supported() && index.equals(description.defaults().index())
              ? context.index(contender, index, Layout.MERGED, description).cost().merge().seconds()
              : Double.NaN;
      results.add(
          new BuildResult(
              (contender + " " + index).strip(),
              flushed.flush().seconds(),
              flushed.cpuSeconds(),
              merge,
              flushed.heapPeakBytes(),
              flushed.fileBytes()));
    }
    return results;
  }
}
