package io.github.luceneivf.benchmarks.run;

import io.github.luceneivf.benchmarks.report.Curve;
import io.github.luceneivf.benchmarks.report.ScenarioResult;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.lucene.util.IOUtils;

/**
 * Search by all contenders under the same rules. All are tuned, then they take turns: in each
 * repetition another one begins, so that none always has the machine at its best. One that fails is
 * left out from then on.
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
      Set<Competitor> fit = new LinkedHashSet<>(started);
      each(
          started,
          fit,
          lab,
          findings,
          competitor -> {
            competitor.warmUp();
            competitor.tune();
          });
      int repetitions = meter.repetitions(lab.settings().effort().repetitions());
      for (int repetition = 0; repetition < repetitions; repetition++) {
        lab.say("%s: repetition %d of %d", name, repetition + 1, repetitions);
        List<Competitor> order = new ArrayList<>(started);
        Collections.rotate(order, -repetition * order.size() / repetitions);
        each(order, fit, lab, findings, competitor -> meter.takeTurn(lab, competitor));
      }
      List<Curve> curves = new ArrayList<>();
      for (Competitor competitor : fit) {
        curves.addAll(competitor.curves());
      }
      return new ScenarioResult(name, curves);
    } finally {
      IOUtils.close(started);
    }
  }

  /** What all competitors do, one after the other. */
  private interface Turn {
    void of(Competitor competitor) throws IOException;
  }

  /** Who cannot do it is out: its process may be gone, and what it measured is not whole. */
  private void each(
      List<Competitor> order, Set<Competitor> fit, Lab lab, Findings findings, Turn turn)
      throws IOException {
    for (Competitor competitor : order) {
      if (fit.contains(competitor)
          && !lab.attempt(
              findings, name, competitor.worker().contender(), () -> turn.of(competitor))) {
        fit.remove(competitor);
      }
    }
  }
}
