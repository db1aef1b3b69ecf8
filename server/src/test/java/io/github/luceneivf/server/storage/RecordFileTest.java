// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.storage;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordFileTest {

  private static final byte[] HEAD = {1, 2, 3};
  private static final byte[] BODY = {4, 5, 6, 7, 8};

  @TempDir Path directory;

  @Test
  void whatIsWrittenIsRead() throws IOException {
    Path file = directory.resolve("a");
    RecordFile.write(file, HEAD, BODY);
    RecordFile.write(file, BODY, HEAD);
    assertArrayEquals(BODY, RecordFile.readHead(file));
    assertArrayEquals(BODY, RecordFile.read(file).head());
    assertArrayEquals(HEAD, RecordFile.read(file).body());
    try (Stream<Path> files = Files.list(directory)) {
      assertEquals(List.of(file), files.toList());
    }
  }

  @Test
  void everyChangedBitIsFound() throws IOException {
    Path file = directory.resolve("a");
    RecordFile.write(file, HEAD, BODY);
    byte[] good = Files.readAllBytes(file);
    for (int bit = 0; bit < 8 * good.length; bit++) {
      byte[] bad = good.clone();
      bad[bit / 8] ^= (byte) (1 << bit % 8);
      Files.write(file, bad);
      assertThrows(DamagedFileException.class, () -> RecordFile.read(file), "bit " + bit);
    }
  }

  @Test
  void everyOtherLengthIsFound() throws IOException {
    Path file = directory.resolve("a");
    RecordFile.write(file, HEAD, BODY);
    byte[] good = Files.readAllBytes(file);
    for (int length = 0; length < good.length + 3; length++) {
      Files.write(file, Arrays.copyOf(good, length));
      if (length != good.length) {
        assertThrows(DamagedFileException.class, () -> RecordFile.read(file), "length " + length);
        assertThrows(DamagedFileException.class, () -> RecordFile.readHead(file));
      }
    }
  }

  @Test
  void nothingIsLeftWhereItCannotBeWritten() throws IOException {
    Path file = directory.resolve("taken");
    Files.createDirectories(file.resolve("child"));
    assertThrows(IOException.class, () -> RecordFile.write(file, HEAD, BODY));
    try (Stream<Path> files = Files.list(directory)) {
      assertEquals(List.of(file), files.toList());
    }
  }

  @Test
  void linksAreNotRead() throws IOException {
    Path foreign = directory.resolve("foreign");
    RecordFile.write(foreign, HEAD, BODY);
    Path link = Files.createSymbolicLink(directory.resolve("a"), foreign);
    assertThrows(IOException.class, () -> RecordFile.read(link));
    assertThrows(IOException.class, () -> RecordFile.readHead(link));
  }

  /** Neither what a crash has left nor where a link leads is written to. */
  @Test
  void whatIsInItsPlaceIsReplaced() throws IOException {
    Path foreign = Files.writeString(directory.resolve("foreign"), "precious");
    Path file = directory.resolve("a");
    Path part = directory.resolve("a" + RecordFile.PART);
    Files.createSymbolicLink(file, foreign);
    Files.createSymbolicLink(part, foreign);
    RecordFile.write(file, HEAD, BODY);
    assertArrayEquals(BODY, RecordFile.read(file).body());
    Files.write(part, new byte[1000]);
    RecordFile.write(file, BODY, HEAD);
    assertArrayEquals(HEAD, RecordFile.read(file).body());
    assertFalse(Files.exists(part, LinkOption.NOFOLLOW_LINKS));
    assertEquals("precious", Files.readString(foreign));
  }
}
