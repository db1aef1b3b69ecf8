// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.demo;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Folder of all that a run writes, held by one run at a time. */
final class WorkFolder implements Closeable {

  /** Embeddings, raw vectors of three indexes, and a merge under way. */
  private static final long BYTES_PER_DOC = 16_000;

  private static final long FIXED_BYTES = 100_000_000;

  private final Path path;
  private final FileChannel lock;

  private WorkFolder(Path path, FileChannel lock) {
    this.path = path;
    this.lock = lock;
  }

  /**
   * Creates and locks the folder; the caller closes it.
   *
   * @throws DemoException if another run has it, or its disk is too full for {@code docs} documents
   */
  static WorkFolder open(Path path, int docs) throws IOException, DemoException {
    Files.createDirectories(path);
    FileChannel channel =
        FileChannel.open(
            path.resolve("demo.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      FileLock lock = channel.tryLock();
      if (lock == null) {
        throw new DemoException("another demo runs in " + path + "; wait for it or use --work");
      }
      long needed = FIXED_BYTES + Math.min(docs, 120_000) * BYTES_PER_DOC;
      long usable = Files.getFileStore(path).getUsableSpace();
      if (usable < needed) {
        throw new DemoException(
            "the disk of %s must have %s free, got: %s; use --work or fewer --docs"
                .formatted(path, Text.megabytes(needed), Text.megabytes(usable)));
      }
      return new WorkFolder(path, channel);
    } catch (IOException | DemoException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** Returns a file or folder in this one. */
  Path path(String name) {
    return path.resolve(name);
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }
}
