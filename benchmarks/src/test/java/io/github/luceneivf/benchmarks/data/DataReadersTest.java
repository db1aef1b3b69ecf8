// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** The readers on files written here. */
class DataReadersTest {

  @TempDir Path temp = Path.of("");

  private Path gzip(byte[] bytes) throws IOException {
    Path file = temp.resolve("file.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(bytes);
    }
    return file;
  }

  private Path idx(int magic, int... rest) throws IOException {
    Path file = temp.resolve("idx.gz");
    try (DataOutputStream out =
        new DataOutputStream(new GZIPOutputStream(Files.newOutputStream(file)))) {
      out.writeInt(magic);
      int sizes = magic == 2051 ? 3 : 1;
      for (int i = 0; i < rest.length; i++) {
        if (i < sizes) {
          out.writeInt(rest[i]);
        } else {
          out.writeByte(rest[i]);
        }
      }
    }
    return file;
  }

  private static ByteBuffer littleEndian(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static float[] all(VectorRows rows) {
    return rows.matrix(0, rows.size()).values();
  }

  private static void rejected(String end, Executable call) {
    IOException e = assertThrows(DataFileException.class, call);
    assertTrue(String.valueOf(e.getMessage()).endsWith(end), e.toString());
  }

  @Test
  void idxBytesAreUnsigned() throws IOException {
    VectorRows images = IdxFile.images(idx(2051, 2, 1, 2, 0, 128, 255, 7));
    assertEquals(2, images.size());
    assertEquals(2, images.dim());
    assertArrayEquals(new float[] {0, 128, 255, 7}, all(images));
    assertArrayEquals(new int[] {3, 200}, IdxFile.labels(idx(2049, 2, 3, 200)));
  }

  @Test
  void wrongIdxFilesAreReported() throws IOException {
    Path labels = idx(2049, 1, 3);
    rejected("byte 0: must begin with a header of 16 bytes, got: 9", () -> IdxFile.images(labels));
    Path other = idx(2050, 1, 3);
    rejected("byte 0: magic number must be 2049, got: 2050", () -> IdxFile.labels(other));
    Path longer = idx(2051, 1, 1, 1, 5, 6);
    rejected("byte 16: must be followed by 1 * 1 bytes, got: 2", () -> IdxFile.images(longer));
    Path flat = idx(2051, 1, 0, 7);
    rejected("height * width must be in [1, 65536], got: 0 * 7", () -> IdxFile.images(flat));
    Path negative = idx(2049, -1, 7);
    rejected("byte 8: must be followed by -1 * 1 bytes, got: 1", () -> IdxFile.labels(negative));
  }

  @Test
  void cutOffGzipIsReported() throws IOException {
    byte[] whole = Files.readAllBytes(idx(2049, 2, 3, 200));
    Path cut = temp.resolve("cut.gz");
    Files.write(cut, Arrays.copyOf(whole, whole.length - 9));
    rejected(
        "must be a whole gzip file, got: Unexpected end of ZLIB input stream",
        () -> IdxFile.labels(cut));
    Files.write(cut, new byte[40]);
    rejected("must be a whole gzip file, got: Not in GZIP format", () -> IdxFile.labels(cut));
  }

  @Test
  void halfPrecisionIsDecodedAndScaledToUnitLength() throws IOException {
    byte[] bytes = new byte[12];
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : new float[] {3, -4, 0, 0, 0.5f, 0}) {
      buffer.putShort(Float.floatToFloat16(value));
    }
    Path file = gzip(bytes);
    VectorRows rows = Float16File.read(file, 2);
    assertArrayEquals(new float[] {3, -4, 0, 0, 0.5f, 0}, all(rows));
    assertArrayEquals(new float[] {0.6f, -0.8f, 0, 0, 1, 0}, all(new UnitRows(rows)), 1e-7f);
    rejected("byte 10: must hold whole rows of 10 bytes, got: 12", () -> Float16File.read(file, 5));
    assertThrows(IndexOutOfBoundsException.class, () -> rows.row(3));
  }

  @Test
  void vecsAreRowsAfterTheirLength() throws IOException {
    Path file = temp.resolve("vecs");
    Files.write(file, littleEndian(20).putInt(2).putInt(7).putInt(-1).putInt(1).putInt(9).array());
    assertArrayEquals(new int[][] {{7, -1}, {9}}, VecsFile.ivecs(file));
    Files.write(file, littleEndian(8).putInt(1).putFloat(0.25f).array());
    assertArrayEquals(new float[][] {{0.25f}}, VecsFile.floats(file));
    byte[] floats = new byte[24];
    ByteBuffer.wrap(floats)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(2)
        .putFloat(1)
        .putFloat(2)
        .putInt(2)
        .putFloat(3)
        .putFloat(-4);
    Files.write(file, floats);
    assertArrayEquals(new float[] {1, 2, 3, -4}, all(VecsFile.fvecs(file)));
    Files.write(
        file, littleEndian(7).putInt(3).put((byte) 1).put((byte) 200).put((byte) 3).array());
    assertArrayEquals(new float[] {1, 200, 3}, all(VecsFile.bvecs(file)));
  }

  @Test
  void wrongVecsAreReported() throws IOException {
    Path file = temp.resolve("vecs");
    Files.write(file, littleEndian(8).putInt(2).putInt(7).array());
    rejected("byte 4: must be followed by 8 bytes, got: 4", () -> VecsFile.ivecs(file));
    rejected("byte 4: must be followed by 8 bytes, got: 4", () -> VecsFile.floats(file));
    rejected(
        "byte 0: must hold whole rows of 12 bytes, at most 2^31 - 1 of them, got: 8",
        () -> VecsFile.fvecs(file));
    Files.write(file, littleEndian(8).putInt(-1).putInt(7).array());
    rejected("byte 0: length must not be negative, got: -1", () -> VecsFile.ivecs(file));
    rejected("byte 0: dim must be in [1, 65536], got: -1", () -> VecsFile.bvecs(file));
    Files.write(file, littleEndian(16).putInt(1).putInt(7).putInt(2).putInt(7).array());
    rejected("byte 8: dim must be that of the first row, 1, got: 2", () -> VecsFile.fvecs(file));
    Files.write(file, new byte[3]);
    rejected("byte 0: must be followed by 4 bytes, got: 3", () -> VecsFile.fvecs(file));
  }

  @Test
  void tablesKeepEmptyFieldsAndQuotes() throws IOException {
    Path file = gzip("id\ttext\n1\ta \"b\u2028c\n2\t\n".getBytes(StandardCharsets.UTF_8));
    Tsv table = Tsv.read(file);
    assertEquals(List.of("a \"b\u2028c", ""), table.column("text"));
    assertThrows(IllegalArgumentException.class, () -> table.column("none"));
    Path uneven = gzip("id\ttext\n1\n".getBytes(StandardCharsets.UTF_8));
    rejected("line 2 must have 2 fields, got: 1", () -> Tsv.read(uneven));
  }
}
