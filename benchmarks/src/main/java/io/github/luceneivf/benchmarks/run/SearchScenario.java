package io.github.luceneivf.benchmarks.run;

import io.github.luceneivf.benchmarks.report.Curve;
import io.github.luceneivf.benchmarks.report.ScenarioResult;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.lucene.util.IOUtils;

/**
 * Search by all contenders under the same rules. All are tuned, then they take turns: in each
 * repetition another one begins, so that none always has the machine at its best.
 *
 * @param name as in reports
 * @param contest the rules
 * @param meter what is measured
 */
record SearchScenario(String name, Contest contest, Meter meter) {

  /** Runs the scenario. */
  ScenarioResult run(Lab lab) throws IOException {
    List<Competitor> competitors = new ArrayList<>();
    try {
      for (String contender : lab.settings().contenders()) {
        Competitor.start(lab, contender, contest).ifPresent(competitors::add);
      }
      for (Competitor competitor : competitors) {
        competitor.warmUp();
        competitor.tune();
      }
      takeTurns(lab, competitors);
      List<Curve> curves = new ArrayList<>();
      for (Competitor competitor : competitors) {
        curves.addAll(competitor.curves());
      }
      return new ScenarioResult(name, curves);
    } finally {
      IOUtils.close(competitors);
    }
  }

  private void takeTurns(Lab lab, List<Competitor> competitors) throws IOException {
    int repetitions = meter.repetitions(lab.settings().effort().repetitions());
    for (int repetition = 0; repetition < repetitions; repetition++) {
      lab.say("%s: repetition %d of %d", name, repetition + 1, repetitions);
      List<Competitor> order = new ArrayList<>(competitors);
      Collections.rotate(order, -repetition * order.size() / repetitions);
      for (Competitor competitor : order) {
        meter.takeTurn(lab, competitor);
      }
    }
  }
}
