package io.github.luceneivf.benchmarks.run;

import io.github.luceneivf.benchmarks.contender.Layout;
import io.github.luceneivf.benchmarks.contender.Tag;
import io.github.luceneivf.benchmarks.report.Curve;
import io.github.luceneivf.benchmarks.report.ScenarioResult;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.lucene.util.IOUtils;
import org.jspecify.annotations.Nullable;

/**
 * Search in warm indexes, one thread. All contenders are tuned, then they take turns: in each
 * repetition another one begins, so that none always has the machine at its best.
 *
 * @param name as in reports
 * @param layout of the indexes
 * @param filter tag that rows must have; null for all rows
 */
record SearchScenario(String name, Layout layout, @Nullable Tag filter) {

  /** Runs the scenario. */
  ScenarioResult run(Lab lab) throws IOException {
    Judge judge = lab.judge();
    List<Competitor> competitors = new ArrayList<>();
    try {
      for (String contender : lab.settings().contenders()) {
        Competitor competitor = Competitor.start(lab, contender, layout, filter, judge);
        competitors.add(competitor);
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

  private static void takeTurns(Lab lab, List<Competitor> competitors) throws IOException {
    int repetitions = lab.settings().effort().repetitions();
    for (int repetition = 0; repetition < repetitions; repetition++) {
      lab.say("repetition %d of %d", repetition + 1, repetitions);
      List<Competitor> order = new ArrayList<>(competitors);
      Collections.rotate(order, -repetition * order.size() / repetitions);
      for (Competitor competitor : order) {
        competitor.takeTurn();
      }
    }
  }
}
