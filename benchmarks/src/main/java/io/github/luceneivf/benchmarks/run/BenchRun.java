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
  static DataSetResult run(BenchSettings settings, DataSet set, List<Scenario> scenarios)
      throws IOException {
    BenchContext context = BenchContext.open(settings, set);
    context.say(
        "%s: %d x %d, %d queries", set.name(), set.base().size(), set.dim(), context.queries());
    Findings findings = Findings.empty();
    for (Scenario scenario : scenarios) {
      context.say("%s, scenario %s", set.name(), scenario);
      scenario.run(context, findings);
    }
    return new DataSetResult(
        set.name(),
        set.base().size(),
        set.dim(),
        set.metric().name(),
        context.queries(),
        findings.searches(),
        findings.builds(),
        findings.openings(),
        findings.merges(),
        findings.traffic(),
        findings.aborts(),
        findings.decays(),
        findings.filters(),
        findings.failures());
  }
}
