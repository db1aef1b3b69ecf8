// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.soak;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

/**
 * How long and how hard.
 *
 * @param duration how long
 * @param killEvery the sidecar is killed once in each such time, at a random moment
 * @param sampleEvery how often figures are taken
 * @param documents about how many documents the index grows to
 * @param seed of all that is random
 * @param folder of the index and the sidecar's data; must be empty
 */
public record SoakSettings(
    Duration duration,
    Duration killEvery,
    Duration sampleEvery,
    int documents,
    long seed,
    Path folder) {

  /** Validates the components. */
  public SoakSettings {
    requirePositive("duration", duration);
    requirePositive("killEvery", killEvery);
    requirePositive("sampleEvery", sampleEvery);
    Objects.requireNonNull(folder, "folder");
    if (documents < 1) {
      throw new IllegalArgumentException("documents must be at least 1, got: " + documents);
    }
  }

  private static void requirePositive(String name, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(name + " must be positive, got: " + value);
    }
  }
}
