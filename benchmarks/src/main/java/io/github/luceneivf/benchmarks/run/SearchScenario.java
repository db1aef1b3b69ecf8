// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.run;

import io.github.luceneivf.benchmarks.report.Curve;
import io.github.luceneivf.benchmarks.report.ScenarioResult;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.util.IOUtils;

/**
 * Search by all contenders under the same rules: all are tuned, then they take turns.
 *
 * @param name as in reports
 * @param contest the rules
 * @param meter what is measured
 */
record SearchScenario(String name, Contest contest, Meter meter) {

  /** Runs the scenario. */
  ScenarioResult run(BenchContext context, Findings findings) throws IOException {
    List<ContenderRun> started = new ArrayList<>();
    try {
      for (String contender : context.settings().contenders()) {
        context.attempt(
            findings,
            name,
            contender,
            () -> ContenderRun.start(context, contender, contest).ifPresent(started::add));
      }
      Turns<ContenderRun> turns =
          new Turns<>(name, context, findings, started, one -> one.worker().contender());
      turns.each(run -> {
        run.warmUp();
        run.tune();
      });
      int repetitions = meter.repetitions(context.settings().effort().repetitions());
      for (int repetition = 0; repetition < repetitions; repetition++) {
        context.say("%s: repetition %d of %d", name, repetition + 1, repetitions);
        turns.round(repetition, repetitions, run -> meter.takeTurn(context, run));
      }
      List<Curve> curves = new ArrayList<>();
      for (ContenderRun run : turns.fit()) {
        curves.addAll(run.curves());
      }
      return new ScenarioResult(name, curves);
    } finally {
      IOUtils.close(started);
    }
  }
}
