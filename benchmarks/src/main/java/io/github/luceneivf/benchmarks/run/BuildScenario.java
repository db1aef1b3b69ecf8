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
  static void run(Lab lab, Findings findings) throws IOException {
    for (String contender : lab.settings().contenders()) {
      lab.attempt(
          findings, "build", contender, () -> findings.builds().addAll(measure(lab, contender)));
    }
  }

  private static List<BuildResult> measure(Lab lab, String contender) throws IOException {
    List<BuildResult> results = new ArrayList<>();
    DescribeJob.Description description = lab.describe(contender, Layout.MERGED);
    for (String index : description.indexes()) {
      BuildCost flushed = lab.index(contender, index, Layout.FLUSHED, description).cost();
      double merge =
          description.supported() && index.equals(description.defaults().index())
              ? lab.index(contender, index, Layout.MERGED, description).cost().merge().seconds()
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
