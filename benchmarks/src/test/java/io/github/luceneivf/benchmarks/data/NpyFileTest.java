// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NpyFileTest {

  @TempDir Path temp = Path.of("");

  /** Lays a file out as NumPy does, with its padding. */
  private Path npy(int version, String header, byte[] data) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', (byte) version, 0});
    int lengthBytes = version == 1 ? 2 : 4;
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    int length = (text.length + 1 + 8 + lengthBytes + 63) / 64 * 64 - 8 - lengthBytes;
    ByteBuffer size = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(length);
    out.write(size.array(), 0, lengthBytes);
    out.writeBytes(text);
    out.writeBytes(" ".repeat(length - text.length - 1).getBytes(StandardCharsets.UTF_8));
    out.write('\n');
    out.writeBytes(data);
    Path file = temp.resolve("a.npy");
    Files.write(file, out.toByteArray());
    return file;
  }

  private static String header(String descr, String order, String shape) {
    return "{'descr': '" + descr + "', 'fortran_order': " + order + ", 'shape': " + shape + ", }";
  }

  private static float[] all(Path file) throws IOException {
    VectorRows rows = NpyFile.open(file);
    return rows.matrix(0, rows.size()).values();
  }

  @Test
  void threeTypesAreRead() throws IOException {
    ByteBuffer floats = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    floats.putFloat(1).putFloat(-2.5f).putFloat(3).putFloat(4);
    for (int version = 1; version <= 3; version++) {
      Path file = npy(version, header("<f4", "False", "(2, 2)"), floats.array());
      assertArrayEquals(new float[] {1, -2.5f, 3, 4}, all(file));
      assertEquals(2, NpyFile.open(file).dim());
    }
    ByteBuffer halves = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
    halves.putShort(Float.floatToFloat16(0.5f)).putShort(Float.floatToFloat16(-8));
    assertArrayEquals(
        new float[] {0.5f, -8}, all(npy(1, header("<f2", "False", "(1, 2)"), halves.array())));
    assertArrayEquals(
        new float[] {7, 255},
        all(npy(1, header("|u1", "False", "(2, 1)"), new byte[] {7, (byte) 255})));
  }

  private void rejected(String message, Path file) {
    IOException e = assertThrows(DataFileException.class, () -> NpyFile.open(file));
    assertTrue(String.valueOf(e.getMessage()).contains(message), e.toString());
  }

  @Test
  void whatCannotBeReadIsReported() throws IOException {
    byte[] four = new byte[4];
    rejected(
        "byte 10: descr must be <f4, <f2 or |u1, got: <f8",
        npy(1, header("<f8", "False", "(1, 1)"), four));
    rejected(
        "fortran_order must be False, got: True", npy(1, header("<f4", "True", "(1, 1)"), four));
    rejected("shape must be (rows, dim), got: (1,)", npy(1, header("<f4", "False", "(1,)"), four));
    rejected(
        "rows must be below 2^31, dim in [1, 65536], got: 1, 0",
        npy(1, header("<f4", "False", "(1, 0)"), four));
    rejected(
        "byte 128: must be followed by 2 * 4 bytes, got: 4",
        npy(1, header("<f4", "False", "(2, 1)"), four));
    rejected("version must be in [1, 3], got: 4", npy(4, header("<f4", "False", "(1, 1)"), four));
    rejected("header must have 'descr'", npy(1, "{}", four));
  }

  @Test
  void cutOffHeadersAreReported() throws IOException {
    byte[] whole = Files.readAllBytes(npy(2, header("<f4", "False", "(1, 1)"), new byte[4]));
    Path cut = temp.resolve("cut.npy");
    for (int length = 0; length < whole.length; length++) {
      Files.write(cut, Arrays.copyOf(whole, length));
      assertThrows(DataFileException.class, () -> NpyFile.open(cut));
    }
    Files.write(cut, "no numpy file at all".getBytes(StandardCharsets.UTF_8));
    rejected("byte 0: must be byte -109 of NumPy's magic string, got: 110", cut);
    byte[] long2 = whole.clone();
    ByteBuffer.wrap(long2).order(ByteOrder.LITTLE_ENDIAN).putInt(8, 1 << 20);
    Files.write(cut, long2);
    rejected("byte 8: header must be at most 65536 bytes, got: 1048576", cut);
  }
}
