// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.storage;

import java.io.IOException;
import java.nio.file.Path;

/** A file that is not as it was written. */
public final class DamagedFileException extends IOException {

  private static final long serialVersionUID = 1L;

  /** Creates it; of the file only its name is told. */
  public DamagedFileException(Path file, String message) {
    super(file.getFileName() + ": " + message);
  }

  /**
   * Checks what a file says.
   *
   * @throws DamagedFileException if it is not what it should be
   */
  public static void requireSame(Path file, String what, Object wanted, Object got)
      throws DamagedFileException {
    if (!wanted.equals(got)) {
      throw new DamagedFileException(file, what + " must be " + wanted + ", got: " + got);
    }
  }
}
