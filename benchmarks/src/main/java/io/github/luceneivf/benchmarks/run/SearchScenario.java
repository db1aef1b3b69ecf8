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
  ScenarioResult run(Lab lab, Findings findings) throws IOException {
    List<Competitor> started = new ArrayList<>();
    try {
      for (String contender : lab.settings().contenders()) {
        lab.attempt(
            findings,
            name,
            contender,
            () -> Competitor.start(lab, contender, contest).ifPresent(started::add));
      }
      Turns<Competitor> turns =
          new Turns<>(name, lab, findings, started, one -> one.worker().contender());
      turns.each(competitor -> {
        competitor.warmUp();
        competitor.tune();
      });
      int repetitions = meter.repetitions(lab.settings().effort().repetitions());
      for (int repetition = 0; repetition < repetitions; repetition++) {
        lab.say("%s: repetition %d of %d", name, repetition + 1, repetitions);
        turns.round(repetition, repetitions, competitor -> meter.takeTurn(lab, competitor));
      }
      List<Curve> curves = new ArrayList<>();
      for (Competitor competitor : turns.fit()) {
        curves.addAll(competitor.curves());
      }
      return new ScenarioResult(name, curves);
    } finally {
      IOUtils.close(started);
    }
  }
}
