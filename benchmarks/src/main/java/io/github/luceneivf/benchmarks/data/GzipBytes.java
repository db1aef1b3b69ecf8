// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.data;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** Reads gzip files whole. */
final class GzipBytes {

  private static final int BUFFER_BYTES = 1 << 16;

  private GzipBytes() {}

  /**
   * Returns what a file holds, uncompressed.
   *
   * @throws DataFileException if the file is not whole or not gzip
   */
  static byte[] read(Path file) throws IOException {
    try (InputStream raw = Files.newInputStream(file);
        InputStream in = new BufferedInputStream(new GZIPInputStream(raw, BUFFER_BYTES))) {
      return in.readAllBytes();
    } catch (EOFException | ZipException e) {
      DataFileException wrong =
          DataFileException.at(
              file, Files.size(file), "must be a whole gzip file", String.valueOf(e.getMessage()));
      wrong.initCause(e);
      throw wrong;
    }
  }
}
