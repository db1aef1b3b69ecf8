// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.training;

import io.github.luceneivf.proto.v1.CodebookHeader;
import java.nio.file.Path;

/**
 * What a succeeded job leaves on disk. Of what is in the file no more is held than tells that it is
 * this result's: there may be very many.
 *
 * @param file file that has everything
 * @param jobId name of the job
 * @param codebook identity, size and hash of its codebook
 * @param fileBytes length of the file
 */
record JobResult(Path file, String jobId, CodebookHeader codebook, long fileBytes) {

  /**
   * Least that a result counts on disk: a file takes a block and an entry, and the server remembers
   * it. So the disk that results may take bounds the memory that they take, too.
   */
  private static final long LEAST_BYTES = 64 << 10;

  /** Returns the bytes of the codebook. */
  long codebookBytes() {
    return codebook.getSizeBytes();
  }

  /** Returns the bytes that the result counts on disk. */
  long diskBytes() {
    return Math.max(fileBytes, LEAST_BYTES);
  }
}
