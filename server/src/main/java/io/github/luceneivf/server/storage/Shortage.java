// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.storage;

import java.nio.file.FileSystemException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a machine may have run out of when a file could not be opened or written: a fault that goes
 * away, unlike others.
 */
// Java has no exception of its own for these, and no error numbers: the system's text is all there
// is. So the texts of the usual systems are known here (glibc, musl, macOS, Windows), as they are
// without a translation; for a full disk in other languages RecordFile looks at the room that is
// left. What is not recognised is an internal error, as before.
public enum Shortage {
  /** ENOSPC, EDQUOT: no room, or no more of it for this user. */
  DISK(
      "disk is full",
      List.of(
          "No space left on device",
          "Disk quota exceeded",
          "Disc quota exceeded",
          "Quota exceeded",
          "There is not enough space on the disk")),
  /** EMFILE, ENFILE: no file can be opened. */
  DESCRIPTORS(
      "too many files are open", List.of("Too many open files", "No file descriptors available"));

  private static final int MAX_CAUSES = 10;

  private final String text;
  private final List<String> systemTexts;

  Shortage(String text, List<String> systemTexts) {
    this.text = text;
    this.systemTexts = systemTexts;
  }

  /** Returns what to tell people. */
  public String text() {
    return text;
  }

  /** Returns what a failure, or what caused it, is the lack of; empty if of nothing. */
  public static Optional<Shortage> of(Throwable failure) {
    Throwable cause = failure;
    for (int i = 0; i < MAX_CAUSES && cause != null; i++) {
      if (cause instanceof NoRoomException noRoom) {
        return Optional.of(noRoom.shortage());
      }
      Optional<Shortage> found = find(systemText(cause));
      if (found.isPresent()) {
        return found;
      }
      cause = cause.getCause();
    }
    return Optional.empty();
  }

  private static @Nullable String systemText(Throwable cause) {
    // Names of files are no text of the system.
    return switch (cause) {
      case FileSystemException e -> e.getReason();
      case java.io.IOException e -> e.getMessage();
      default -> null;
    };
  }

  private static Optional<Shortage> find(@Nullable String systemText) {
    if (systemText != null) {
      for (Shortage shortage : values()) {
        if (shortage.systemTexts.stream().anyMatch(systemText::contains)) {
          return Optional.of(shortage);
        }
      }
    }
    return Optional.empty();
  }
}
