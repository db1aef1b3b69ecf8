// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codebook;

import java.util.Objects;

/**
 * Identity and version of a codebook, by which another one, or another process, speaks of it.
 *
 * @param id its content hash
 * @param version its version, at least 1
 */
public record CodebookRef(CodebookId id, int version) {

  /** Validates the components. */
  public CodebookRef {
    Objects.requireNonNull(id, "id");
    if (version < 1) {
      throw new IllegalArgumentException("version must be at least 1, got: " + version);
    }
  }

  /** Returns the reference to a codebook. */
  public static CodebookRef of(Codebook codebook) {
    return new CodebookRef(codebook.id(), codebook.lineage().version());
  }
}
