// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.storage;

import java.io.IOException;
import java.nio.file.Path;

/** Writes the files of stores: {@link RecordFile#write}, or what takes its place. Thread-safe. */
@FunctionalInterface
public interface RecordWriter {

  /**
   * Writes a file, or replaces it.
   *
   * @throws NoRoomException if there is no room for it now
   * @throws IOException if it cannot be written; then a file that was there is untouched
   */
  void write(Path file, byte[] head, byte[] body) throws IOException;
}
