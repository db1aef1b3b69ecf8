// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShortageTest {

  @TempDir Path directory;

  private static void assertFound(Shortage wanted, Throwable failure) {
    assertEquals(Optional.of(wanted), Shortage.of(failure), failure::toString);
  }

  @Test
  void wordsOfTheUsualSystemsAreKnown() {
    assertFound(Shortage.DISK, new IOException("No space left on device"));
    assertFound(Shortage.DISK, new IOException("Disk quota exceeded"));
    assertFound(Shortage.DISK, new IOException("There is not enough space on the disk"));
    assertFound(Shortage.DISK, new FileSystemException("/data/x", null, "No space left on device"));
    assertFound(Shortage.DESCRIPTORS, new FileSystemException("/x", null, "Too many open files"));
    assertFound(
        Shortage.DESCRIPTORS, new FileSystemException("/x", null, "Too many open files in system"));
    assertFound(Shortage.DESCRIPTORS, new IOException("No file descriptors available"));
    assertFound(
        Shortage.DISK,
        new UncheckedIOException(new IOException("write", new IOException("Disc quota exceeded"))));
    assertFound(Shortage.DISK, new NoRoomException(Shortage.DISK, new IOException("voll")));
  }

  @Test
  void otherFaultsAreNone() {
    assertEquals(Optional.empty(), Shortage.of(new IOException("Input/output error")));
    assertEquals(Optional.empty(), Shortage.of(new IOException()));
    assertEquals(Optional.empty(), Shortage.of(new OutOfMemoryError("No space left on device")));
    // A name is no reason.
    assertEquals(
        Optional.empty(), Shortage.of(new NoSuchFileException("/data/Too many open files")));
    Throwable[] circle = {new IOException("a"), new IOException("b")};
    circle[0].initCause(circle[1]);
    circle[1].initCause(circle[0]);
    assertEquals(Optional.empty(), Shortage.of(circle[0]));
  }

  @Test
  void thereIsRoomForAByteAndNotForAll() {
    assertTrue(RecordFile.hasRoom(directory, 1));
    assertFalse(RecordFile.hasRoom(directory, Long.MAX_VALUE));
  }

  /** On a real file system of 256 KiB, where one may be mounted. */
  @Test
  void realFullDiskIsTold() throws Exception {
    Path small = Files.createDirectory(directory.resolve("small"));
    Assumptions.assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", small.toString()),
        "nothing can be mounted here");
    try {
      Path file = small.resolve("a");
      RecordFile.write(file, new byte[1], new byte[100 << 10]);
      NoRoomException full =
          assertThrows(
              NoRoomException.class,
              () -> RecordFile.write(file, new byte[2], new byte[200 << 10]));
      assertEquals(Shortage.DISK, full.shortage());
      assertEquals(1, RecordFile.readHead(file).length); // the old one is untouched
      assertFalse(Files.exists(small.resolve("a.part")));
    } finally {
      assertTrue(run("umount", small.toString()));
    }
  }

  private static boolean run(String... command) throws InterruptedException {
    try {
      return new ProcessBuilder(command).inheritIO().start().waitFor() == 0;
    } catch (IOException e) {
      return false; // there is no such command
    }
  }
}
