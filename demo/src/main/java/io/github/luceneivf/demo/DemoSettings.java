// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.demo;

import io.github.luceneivf.codec.config.IvfParams;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a run is asked for.
 *
 * @param work folder of indexes, cached embeddings and logs
 * @param docs documents wanted
 * @param queries the user's own
 * @param json where the figures go
 * @param nprobe lists that a query probes; empty for what the calibration proposes
 */
record DemoSettings(
    Path work, int docs, List<String> queries, Optional<Path> json, OptionalInt nprobe) {

  /** Fewer documents give no lists worth showing. */
  static final int MIN_DOCS = 2_000;

  DemoSettings {
    queries = List.copyOf(queries);
    if (docs < MIN_DOCS) {
      throw new IllegalArgumentException("docs must be at least " + MIN_DOCS + ", got: " + docs);
    }
    if (nprobe.isPresent() && nprobe.getAsInt() < 1) {
      throw new IllegalArgumentException("nprobe must be at least 1, got: " + nprobe.getAsInt());
    }
  }

  /**
   * Returns the default parameters; for few documents with thresholds low enough that they are
   * worth a training, so that a small run shows all that a large one does.
   */
  IvfParams params() {
    IvfParams.Thresholds usual = IvfParams.Thresholds.DEFAULT;
    return isSmall()
        ? IvfParams.DEFAULT.withThresholds(
            new IvfParams.Thresholds(docs / 32, docs / 2, usual.perList()))
        : IvfParams.DEFAULT;
  }

  /** Returns whether there are too few documents for the default thresholds. */
  boolean isSmall() {
    return VectorIndex.firstPart(docs) < IvfParams.Thresholds.DEFAULT.training();
  }
}
