// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.training;

import io.github.luceneivf.proto.v1.StoredJob;
import java.nio.file.Path;

/**
 * What a succeeded job leaves on disk.
 *
 * @param stored all but the codebook's bytes
 * @param file file that has everything
 */
record JobResult(StoredJob stored, Path file) {

  /** Returns the bytes of the codebook. */
  long bytes() {
    return stored.getCodebook().getSizeBytes();
  }
}
