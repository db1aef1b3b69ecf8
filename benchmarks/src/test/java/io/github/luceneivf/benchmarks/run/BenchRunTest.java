package io.github.luceneivf.benchmarks.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.benchmarks.data.DataSet;
import io.github.luceneivf.benchmarks.data.DataSets;
import io.github.luceneivf.benchmarks.report.Curve;
import io.github.luceneivf.benchmarks.report.DataSetResult;
import io.github.luceneivf.benchmarks.report.Point;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole of a run, with processes, over a small set. */
class BenchRunTest {

  @TempDir Path work;

  @Test
  void contendersAreTunedMeasuredAndReported() throws IOException {
    Progress quiet = new Progress(new PrintStream(OutputStream.nullOutputStream()));
    Roster roster = Roster.open(null, quiet);
    BenchSettings settings =
        new BenchSettings(
            roster,
            roster.matching(List.of("ivf-bit1", "exact")),
            40,
            BenchSettings.Effort.QUICK,
            work,
            quiet);
    DataSet set = new DataSets(work, work.resolve("generated")).open("clustered-3000x16");
    DataSetResult result =
        BenchRun.run(
            settings, set, List.of(ScenarioName.SINGLE, ScenarioName.DELETED, ScenarioName.BUILD));
    assertEquals(2, result.scenarios().size());
    result.scenarios().forEach(scenario -> assertEquals(2, scenario.curves().size()));
    Curve exact = result.scenarios().getFirst().curves().getLast();
    assertEquals(List.of(1.0), exact.points().stream().map(Point::recall).toList());
    Curve ours = result.scenarios().getFirst().curves().getFirst();
    assertTrue(ours.points().stream().anyMatch(Point::isDefault));
    assertTrue(ours.points().stream().anyMatch(point -> point.recall() > 0.9));
    assertEquals(2, result.builds().size());
    result.builds().forEach(build -> assertTrue(build.bytes() > 3000 * 16 * Float.BYTES));
  }
}
