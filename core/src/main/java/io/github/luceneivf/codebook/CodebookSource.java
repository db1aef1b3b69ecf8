// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codebook;

import java.util.Optional;

/**
 * Where newer codebooks may come from: a sidecar's registry, a file, another process. Thread-safe.
 */
@FunctionalInterface
public interface CodebookSource {

  /** Knows nothing. */
  CodebookSource NONE = field -> Optional.empty();

  /** Returns the newest codebook known for a field; never blocks, never calls out. */
  Optional<TrainedCodebook> latest(String field);

  /**
   * Tells of a codebook that was trained in this process, so that others may use it too; never
   * blocks, never calls out.
   */
  default void offer(String field, TrainedCodebook trained) {}
}
