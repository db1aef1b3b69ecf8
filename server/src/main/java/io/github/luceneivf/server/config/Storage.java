// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.config;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * What may be kept on disk.
 *
 * @param fields most fields, over all indexes, that have codebooks, at least 1
 * @param versions codebooks kept of each field, the latest ones, at least 1
 * @param bytes most bytes of codebooks, and of results of jobs each, at least 1 MiB
 * @param handoff directory whose files clients on this machine may name; empty for none
 */
public record Storage(int fields, int versions, long bytes, Optional<Path> handoff) {

  /** 10,000 fields, 8 versions of each, 16 GiB, no files from clients. */
  public static final Storage DEFAULT = new Storage(10_000, 8, 16L << 30, Optional.empty());

  private static final long MIN_BYTES = 1 << 20;

  /** Validates the components. */
  public Storage {
    requireAtLeast("max-codebook-fields", fields, 1);
    requireAtLeast("codebook-versions", versions, 1);
    requireAtLeast("max-disk", bytes, MIN_BYTES);
    Objects.requireNonNull(handoff, "handoff");
  }

  private static void requireAtLeast(String name, long value, long min) {
    if (value < min) {
      throw new IllegalArgumentException(name + " must be at least " + min + ", got: " + value);
    }
  }
}
