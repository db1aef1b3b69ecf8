// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.merge;

import io.github.luceneivf.server.rpc.RequestException;
import io.github.luceneivf.server.storage.Shortage;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The one directory whose files clients on the same machine may name. What is opened is a regular
 * file in it, of the server's own user and of the announced length: no path, no link, no pipe. It
 * is read, not mapped, so that a file cut short in the meantime is an error of that call and
 * nothing else. Immutable.
 */
public final class HandoffDirectory {

  private static final Pattern NAME = Pattern.compile("[a-z0-9_-]{1,64}");
  private static final String OWNER = "unix:uid";

  private final Path root;
  private final Object uid;

  private HandoffDirectory(Path root, Object uid) {
    this.root = root;
    this.uid = uid;
  }

  /**
   * Opens the directory.
   *
   * @throws IOException if it is not there, or belongs to another user
   */
  public static HandoffDirectory open(Path directory) throws IOException {
    Path root = directory.toRealPath();
    Path mark = Files.createTempFile(root, "owner", ".mark");
    try {
      Object uid = Files.getAttribute(mark, OWNER, LinkOption.NOFOLLOW_LINKS);
      if (!Files.isDirectory(root) || !uid.equals(Files.getAttribute(root, OWNER))) {
        throw new IOException("hand-off directory must be one of this user: " + directory);
      }
      return new HandoffDirectory(root, uid);
    } finally {
      Files.delete(mark);
    }
  }

  /**
   * Opens a file.
   *
   * @param bytes its length
   * @throws RequestException if the name is none, the file is not as it must be, or no file can be
   *     opened now
   * @throws IOException if it cannot be read
   */
  FileChannel open(String name, long bytes) throws IOException {
    try {
      return checked(name, bytes);
    } catch (IOException e) {
      Optional<Shortage> shortage = Shortage.of(e);
      if (shortage.isPresent()) {
        throw RequestException.exhausted(shortage.get().text());
      }
      throw e;
    }
  }

  private FileChannel checked(String name, long bytes) throws IOException {
    if (!NAME.matcher(name).matches()) {
      throw RequestException.invalid("handoff_file must match " + NAME);
    }
    Path file = root.resolve(name);
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      throw RequestException.precondition("handoff_file must exist, got none: " + name);
    }
    // Before it is opened: a pipe would wait for its other end.
    BasicFileAttributes attributes =
        Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (!attributes.isRegularFile()) {
      throw RequestException.precondition("handoff_file must be a regular file: " + name);
    }
    if (!uid.equals(Files.getAttribute(file, OWNER, LinkOption.NOFOLLOW_LINKS))) {
      throw RequestException.precondition("handoff_file must belong to the server's user: " + name);
    }
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    try {
      if (!root.equals(file.toRealPath().getParent())) {
        throw RequestException.precondition("handoff_file must lie in the directory: " + name);
      }
      if (channel.size() != bytes) {
        throw RequestException.precondition(
            "handoff_file must have " + bytes + " bytes, got: " + channel.size());
      }
      return channel;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }
}
