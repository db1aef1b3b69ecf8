// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.storage;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What of a directory is the server's own: regular files and directories of its own naming. All
 * else is a stray: named in a warning and left alone. Links are never followed, so that nothing
 * outside of the directory is read, written or deleted. Stateless.
 */
public final class OwnFiles {

  private static final Logger LOG = LoggerFactory.getLogger(OwnFiles.class);

  private OwnFiles() {}

  /**
   * Creates a directory, and those above it that are not there, for its owner only.
   *
   * @throws IOException if it cannot be created, or something else has its name, be it a link
   */
  public static void createDirectory(Path directory) throws IOException {
    if (Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Path parent = directory.toAbsolutePath().getParent();
    if (parent != null && !Files.exists(parent)) {
      createDirectory(parent);
    }
    try {
      Files.createDirectory(directory, OwnerOnly.directory(directory));
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
        throw new IOException("must be a directory, no link and no file: " + directory, e);
      }
    }
  }

  /**
   * Opens a file for writing, creates it for its owner only if it is not there.
   *
   * @throws IOException if it cannot be opened, or something else has its name, be it a link
   */
  public static FileChannel openOrCreate(Path file) throws IOException {
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS) && !isFile(file)) {
      throw new IOException("must be a regular file, no link and no directory: " + file);
    }
    return FileChannel.open(
        file,
        Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
        OwnerOnly.file(file));
  }

  /** Returns whether there is a regular file, no link to one. */
  public static boolean isFile(Path file) {
    return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
  }

  /**
   * Lists the server's own files, by name; deletes what was left of one half written.
   *
   * @param own matches the names of whole files
   * @throws IOException if the directory cannot be listed
   */
  public static List<Path> list(Path directory, Pattern own) throws IOException {
    List<Path> found = new ArrayList<>();
    for (Path entry : entries(directory)) {
      String name = entry.getFileName().toString();
      boolean part = name.endsWith(RecordFile.PART);
      String whole = part ? name.substring(0, name.length() - RecordFile.PART.length()) : name;
      if (!own.matcher(whole).matches() || !isFile(entry)) {
        warn(entry);
      } else if (part) {
        deleteLeftover(entry);
      } else {
        found.add(entry);
      }
    }
    return found;
  }

  /**
   * Lists the server's own directories, by name.
   *
   * @param own tells the names of such
   * @throws IOException if the directory cannot be listed
   */
  public static List<Path> directories(Path directory, Predicate<String> own) throws IOException {
    List<Path> found = new ArrayList<>();
    for (Path entry : entries(directory)) {
      if (own.test(entry.getFileName().toString())
          && Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
        found.add(entry);
      } else {
        warn(entry);
      }
    }
    return found;
  }

  private static List<Path> entries(Path directory) throws IOException {
    List<Path> entries = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
      stream.forEach(entries::add);
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    Collections.sort(entries);
    return entries;
  }

  private static void warn(Path stray) {
    LOG.atWarn().addKeyValue("file", stray).log("not a file of this server, left alone");
  }

  private static void deleteLeftover(Path part) {
    try {
      Files.deleteIfExists(part);
    } catch (IOException e) {
      LOG.atWarn().addKeyValue("file", part).setCause(e).log("leftover was not deleted");
    }
  }
}
