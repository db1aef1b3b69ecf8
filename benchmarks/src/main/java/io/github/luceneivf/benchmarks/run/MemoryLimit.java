// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.run;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A memory cgroup around a process. Memory that the process already has stays outside: what the
 * limit leaves is for file pages it reads from now on, and a little for itself. Closing it sets the
 * process free. Linux only.
 */
final class MemoryLimit implements Closeable {

  private static final Path ROOT = Path.of("/sys/fs/cgroup");

  /** For stacks, compiled code and the like; the heap is touched before. */
  private static final long HEADROOM_BYTES = 8 << 20;

  private static final String PROCESSES = "cgroup.procs";

  private final Path group;
  private final Path parent;
  private final long pid;

  private MemoryLimit(Path parent, long pid) {
    this.parent = parent;
    this.group = parent.resolve("ivf-bench-" + pid);
    this.pid = pid;
  }

  private static Path parent() {
    Path versionOne = ROOT.resolve("memory");
    return Files.isDirectory(versionOne) ? versionOne : ROOT;
  }

  private static String limitFile(Path parent) {
    return parent.equals(ROOT) ? "memory.max" : "memory.limit_in_bytes";
  }

  /** Returns why no process can be limited here; empty if it can. */
  static Optional<String> whyNot() {
    Path probe = parent().resolve("ivf-bench-probe-" + ProcessHandle.current().pid());
    try {
      Files.createDirectory(probe);
      boolean limits = Files.isWritable(probe.resolve(limitFile(parent())));
      Files.delete(probe);
      return limits ? Optional.empty() : Optional.of("no memory controller in " + parent());
    } catch (IOException e) {
      return Optional.of("no memory cgroup can be made: " + e);
    }
  }

  /** Leaves a process this much for file pages. */
  static MemoryLimit of(long pid, long fileBytes) throws IOException {
    MemoryLimit limit = new MemoryLimit(parent(), pid);
    Files.createDirectory(limit.group);
    Files.writeString(
        limit.group.resolve(limitFile(limit.parent)), Long.toString(fileBytes + HEADROOM_BYTES));
    Files.writeString(limit.group.resolve(PROCESSES), Long.toString(pid));
    return limit;
  }

  @Override
  public void close() throws IOException {
    if (ProcessHandle.of(pid).isPresent()) {
      Files.writeString(parent.resolve(PROCESSES), Long.toString(pid));
    }
    Files.delete(group);
  }
}
