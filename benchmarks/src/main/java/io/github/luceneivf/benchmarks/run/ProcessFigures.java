package io.github.luceneivf.benchmarks.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What Linux counts for a process. */
final class ProcessFigures {

  private ProcessFigures() {}

  /** Returns the bytes that this process has had read from disks. */
  static long readBytes() throws IOException {
    return figure(Path.of("/proc/self/io"), "read_bytes:");
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
