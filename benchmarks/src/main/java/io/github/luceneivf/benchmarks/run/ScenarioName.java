package io.github.luceneivf.benchmarks.run;

import io.github.luceneivf.benchmarks.contender.Layout;
import io.github.luceneivf.benchmarks.report.ScenarioResult;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/** The scenarios by the names that users give. */
enum ScenarioName {
  /** One segment, as flushed. */
  SINGLE {
    @Override
    List<ScenarioResult> run(Lab lab) throws IOException {
      return List.of(new SearchScenario("one segment", Layout.FLUSHED, null).run(lab));
    }
  };

  /** Runs the scenario. */
  abstract List<ScenarioResult> run(Lab lab) throws IOException;

  /** Returns the name as users write it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Returns a scenario.
   *
   * @throws IllegalArgumentException if none has the name
   */
  static ScenarioName of(String name) {
    for (ScenarioName scenario : values()) {
      if (scenario.toString().equals(name)) {
        return scenario;
      }
    }
    throw new IllegalArgumentException(
        "scenario must be one of " + List.of(values()) + ", got: " + name);
  }
}
