// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.benchmarks.data.VectorRows;
import io.github.luceneivf.benchmarks.soak.SoakRun;
import io.github.luceneivf.benchmarks.soak.SoakSettings;
import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.testdata.VectorGenerators;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The soak in short; {@code ./ivf soak} for the long one. */
class SoakIT {

  private static final long SEED = Long.getLong("ivf.soak.seed", 20261122L);
  private static final int N = 20_000;
  private static final int QUERIES = 100;
  private static final int DIM = 32;

  @Test
  void nothingIsLostWhileTheSidecarIsKilled(@TempDir Path folder) throws Exception {
    FloatMatrix all = VectorGenerators.clusters(N + QUERIES, DIM, 100, 0.5, SEED);
    SoakSettings settings =
        new SoakSettings(
            Duration.ofSeconds(25),
            Duration.ofSeconds(5),
            Duration.ofSeconds(2),
            12_000,
            SEED,
            folder);
    SoakRun run =
        new SoakRun(
            settings,
            VectorRows.of(VectorGenerators.slice(all, 0, N)),
            Metric.EUCLIDEAN,
            VectorGenerators.slice(all, N, N + QUERIES),
            new PrintWriter(System.out, true, StandardCharsets.UTF_8));
    assertEquals(List.of(), run.run(), "seed " + SEED);
    assertTrue(run.asked() > 0, "merges asked the sidecar, seed " + SEED);
  }
}
