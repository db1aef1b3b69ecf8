// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.data;

import java.io.IOException;
import java.nio.file.Path;

/** A file that is not what it should be. */
public final class DataFileException extends IOException {

  private static final long serialVersionUID = 1L;

  private DataFileException(String message) {
    super(message);
  }

  /**
   * Names the file, the byte where it goes wrong, what must hold there, and what is there instead.
   *
   * @param constraint for example {@code "dim must be at least 1"}
   */
  static DataFileException at(Path file, long offset, String constraint, Object got) {
    return new DataFileException(file + ": byte " + offset + ": " + constraint + ", got: " + got);
  }

  /** Names the file, what must hold, and what does instead, where no byte can be told. */
  static DataFileException of(Path file, String constraint, Object got) {
    return new DataFileException(file + ": " + constraint + ", got: " + got);
  }
}
