// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.run;

import io.github.luceneivf.benchmarks.data.DataSet;
import io.github.luceneivf.benchmarks.report.DataSetResult;
import java.io.IOException;
import java.util.List;

/** Runs scenarios on a data set. */
final class BenchRun {

  private BenchRun() {}

  /** Returns what the scenarios measured. */
  static DataSetResult run(BenchSettings settings, DataSet set, List<ScenarioName> scenarios)
      throws IOException {
    Lab lab = Lab.open(settings, set);
    lab.say("%s: %d x %d, %d queries", set.name(), set.base().size(), set.dim(), lab.queries());
    Findings findings = Findings.empty();
    for (ScenarioName scenario : scenarios) {
      lab.say("%s, scenario %s", set.name(), scenario);
      scenario.run(lab, findings);
    }
    return new DataSetResult(
        set.name(),
        set.base().size(),
        set.dim(),
        set.metric().name(),
        lab.queries(),
        findings.searches(),
        findings.builds(),
        findings.openings(),
        findings.merges(),
        findings.traffic(),
        findings.failures());
  }
}
