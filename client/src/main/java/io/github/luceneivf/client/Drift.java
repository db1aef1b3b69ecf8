// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.client;

import io.github.luceneivf.codebook.CodebookId;
import java.util.Objects;

/**
 * How well a codebook fits the vectors of one process.
 *
 * @param codebook content hash of the codebook
 * @param version its version
 * @param vectors vectors in its lists, at least 0
 * @param energy mean squared distance to the nearest centroid, in the unit of the codebook's space
 * @param imbalance n·Σs²/(Σs)² over the sizes s of its n lists
 */
public record Drift(
    CodebookId codebook, int version, long vectors, double energy, double imbalance) {

  /** Validates the components. */
  public Drift {
    Objects.requireNonNull(codebook, "codebook");
    if (version < 1) {
      throw new IllegalArgumentException("version must be at least 1, got: " + version);
    }
    if (vectors < 0) {
      throw new IllegalArgumentException("vectors must be at least 0, got: " + vectors);
    }
    requireFigure("energy", energy);
    requireFigure("imbalance", imbalance);
  }

  private static void requireFigure(String name, double value) {
    if (!(value >= 0 && value <= Double.MAX_VALUE)) {
      throw new IllegalArgumentException(name + " must be finite and at least 0, got: " + value);
    }
  }
}
