// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.storage;

import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/** Permissions of what the server creates: its owner's alone, where the file system has them. */
final class OwnerOnly {

  private static final FileAttribute<?>[] NONE = {};
  private static final FileAttribute<?>[] FILE = {
    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
  };
  private static final FileAttribute<?>[] DIRECTORY = {
    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
  };

  private OwnerOnly() {}

  static FileAttribute<?>[] file(Path path) {
    return hasPermissions(path) ? FILE : NONE;
  }

  static FileAttribute<?>[] directory(Path path) {
    return hasPermissions(path) ? DIRECTORY : NONE;
  }

  private static boolean hasPermissions(Path path) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix");
  }
}
