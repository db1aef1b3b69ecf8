// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.config;

import io.github.luceneivf.server.storage.OwnFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The directory that belongs to one server. A lock on a file in it keeps a second one out; the
 * operating system frees it when the process dies. Closed by whoever opened it.
 */
public final class DataDirectory implements AutoCloseable {

  private static final String LOCK_FILE = "server.lock";

  private final Path path;
  private final FileChannel channel;

  private DataDirectory(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  /**
   * Creates the directory if it is not there, for its owner only, and locks it.
   *
   * @throws IOException if another server has it, or it cannot be written to
   */
  public static DataDirectory open(Path path) throws IOException {
    // The directory itself may be a link of its owner's; nothing in it is followed.
    if (!Files.isDirectory(path)) {
      OwnFiles.createDirectory(path);
    }
    FileChannel channel = OwnFiles.openOrCreate(path.resolve(LOCK_FILE));
    try {
      FileLock lock = tryLock(channel);
      if (lock == null) {
        throw new IOException("data directory is in use by another server: " + path);
      }
      return new DataDirectory(path, channel);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null; // another server in this process
    }
  }

  /** Returns the directory. */
  public Path path() {
    return path;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
