// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.contender;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What Linux counts for a process. */
public final class ProcessFigures {

  private static final Path IO = Path.of("/proc/self/io");

  private ProcessFigures() {}

  /** Returns the bytes that this process has had read from disks. */
  public static long readBytes() throws IOException {
    return figure(IO, "read_bytes:");
  }

  /**
   * Returns the bytes that this process has written to files and pipes; 0 where none are counted.
   */
  static long writtenBytes() throws IOException {
    return Files.exists(IO) ? figure(IO, "wchar:") : 0;
  }

  private static long figure(Path file, String name) throws IOException {
    for (String line : Files.readAllLines(file)) {
      if (line.startsWith(name)) {
        return Long.parseLong(line.substring(name.length()).strip());
      }
    }
    throw new IOException(file + " must have a line " + name);
  }
}
