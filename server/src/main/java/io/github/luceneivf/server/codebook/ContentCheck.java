// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.codebook;

import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.CodebookId;
import io.github.luceneivf.server.storage.DamagedFileException;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Tells a file with the codebook that it should have from one with another, which may have every
 * checksum right. Stateless.
 */
public final class ContentCheck {

  private ContentCheck() {}

  /**
   * Compares the content hash of the bytes; the codebook is not built.
   *
   * @throws DamagedFileException if it is not the one wanted
   */
  public static void require(Path file, CodebookId wanted, byte[] codebook)
      throws DamagedFileException {
    CodebookId got;
    try {
      got = Codebook.idOf(codebook);
    } catch (IOException e) {
      throw new DamagedFileException(file, String.valueOf(e.getMessage()));
    }
    DamagedFileException.requireSame(file, "content hash", wanted, got);
  }
}
