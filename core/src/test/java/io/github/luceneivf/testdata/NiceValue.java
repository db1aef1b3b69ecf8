// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.testdata;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What Linux says of the priority of threads. */
public final class NiceValue {

  /** Fields between the name of the thread, which may hold spaces, and its nice value. */
  private static final int FIELDS_BETWEEN = 16;

  private NiceValue() {}

  /** Returns the nice value of the calling thread. */
  public static int ofCallingThread() {
    try {
      String line = Files.readString(Path.of("/proc/thread-self/stat"));
      String afterName = line.substring(line.lastIndexOf(')') + 2);
      return Integer.parseInt(afterName.split(" ", -1)[FIELDS_BETWEEN]);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
