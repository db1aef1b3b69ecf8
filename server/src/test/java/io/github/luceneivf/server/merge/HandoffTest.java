// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.server.rpc.RequestException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class HandoffTest {

  private static final int ROWS = 5;
  private static final int DIM = 2;
  private static final int BYTES = ROWS * DIM * Float.BYTES;

  @TempDir Path temp;
  private Path root;
  private Path file;
  private int crc;

  @BeforeEach
  void write() throws IOException {
    root = Files.createDirectory(temp.resolve("root"));
    file = root.resolve("vectors");
    ByteBuffer bytes = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < ROWS * DIM; i++) {
      bytes.putFloat(i);
    }
    Files.write(file, bytes.array());
    CRC32C checksum = new CRC32C();
    checksum.update(bytes.array());
    crc = (int) checksum.getValue();
  }

  private String refusal(String name) {
    return String.valueOf(
        assertThrows(
                RequestException.class, () -> HandoffDirectory.open(root).open(name, BYTES).close())
            .getMessage());
  }

  @Test
  void onlyPlainNamesAreTaken() throws IOException {
    Files.copy(file, temp.resolve("outside"));
    String wrong = "handoff_file must match [a-z0-9_-]{1,64}";
    for (String name :
        List.of(
            "../outside",
            "..",
            ".",
            "/etc/passwd",
            temp.resolve("outside").toString(),
            "a/b",
            "%2e%2e",
            "vectors\0",
            "",
            "Vectors",
            "a".repeat(65),
            "vectors.x")) {
      assertEquals(wrong, refusal(name), name);
    }
    assertEquals("handoff_file must exist, got none: other", refusal("other"));
  }

  @Test
  void linksPipesAndDirectoriesAreRefused() throws Exception {
    Files.copy(file, temp.resolve("outside"));
    Files.createSymbolicLink(root.resolve("link"), temp.resolve("outside"));
    Files.createSymbolicLink(root.resolve("inner"), file);
    Files.createDirectory(root.resolve("folder"));
    Process pipe = new ProcessBuilder("mkfifo", root.resolve("pipe").toString()).start();
    assertEquals(0, pipe.waitFor());
    for (String name : List.of("link", "inner", "folder", "pipe")) {
      assertEquals("handoff_file must be a regular file: " + name, refusal(name));
    }
  }

  @Test
  void otherLengthsAreRefused() throws IOException {
    Files.write(file, new byte[BYTES - 1]);
    assertEquals("handoff_file must have 40 bytes, got: 39", refusal("vectors"));
    Files.write(file, new byte[BYTES + 1]);
    assertEquals("handoff_file must have 40 bytes, got: 41", refusal("vectors"));
  }

  private static List<Float> read(HandoffVectors vectors, Runnable afterBatch) throws IOException {
    List<Float> seen = new ArrayList<>();
    vectors.forEachBatch(
        2,
        (rows, firstOrd, count) -> {
          assertEquals(seen.size(), firstOrd * DIM);
          for (int i = 0; i < count * DIM; i++) {
            seen.add(rows[i]);
          }
          afterBatch.run();
        });
    return seen;
  }

  private HandoffVectors open(int crc32c) throws IOException {
    FileChannel channel = HandoffDirectory.open(root).open("vectors", BYTES);
    return new HandoffVectors(channel, ROWS, DIM, crc32c);
  }

  @Test
  void vectorsAreReadAndChecked() throws IOException {
    try (HandoffVectors vectors = open(crc)) {
      List<Float> seen = read(vectors, () -> {});
      assertEquals(ROWS * DIM, seen.size());
      assertEquals(9f, seen.getLast());
    }
    try (HandoffVectors vectors = open(crc + 1)) {
      RequestException wrong = assertThrows(RequestException.class, () -> read(vectors, () -> {}));
      assertTrue(String.valueOf(wrong.getMessage()).startsWith("handoff_crc32c must be "));
    }
  }

  @Test
  void fileCutShortWhileItIsReadIsAnErrorOfTheCall() throws IOException {
    try (HandoffVectors vectors = open(crc)) {
      RequestException cut =
          assertThrows(
              RequestException.class,
              () ->
                  read(
                      vectors,
                      () -> {
                        try (FileChannel channel =
                            FileChannel.open(file, StandardOpenOption.WRITE)) {
                          channel.truncate(3);
                        } catch (IOException e) {
                          throw new UncheckedIOException(e);
                        }
                      }));
      assertEquals("handoff_file was cut short while it was read", cut.getMessage());
    }
  }

  @Test
  void notANumberIsRefused() throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    Files.write(file, bytes.putFloat(3 * DIM * Float.BYTES, Float.NaN).array());
    try (HandoffVectors vectors = open(crc)) {
      RequestException wrong = assertThrows(RequestException.class, () -> read(vectors, () -> {}));
      assertEquals("vector 3: component 0 must be finite, got: NaN", wrong.getMessage());
    }
  }
}
