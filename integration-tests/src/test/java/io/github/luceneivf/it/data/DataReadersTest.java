package io.github.luceneivf.it.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.clustering.FloatMatrix;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** The readers on files written here; then, where it is present, on the real data. */
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

  @Test
  void idxBytesAreUnsigned() throws IOException {
    FloatMatrix images = Idx.images(idx(2051, 2, 1, 2, 0, 128, 255, 7));
    assertEquals(2, images.rows());
    assertEquals(2, images.dim());
    assertArrayEquals(new float[] {0, 128, 255, 7}, images.values());
    assertArrayEquals(new int[] {3, 200}, Idx.labels(idx(2049, 2, 3, 200)));
  }

  @Test
  void wrongIdxFilesAreReported() throws IOException {
    Path labels = idx(2049, 1, 3);
    rejected("magic number: expected 2051, got: 2049", () -> Idx.images(labels));
    Path longer = idx(2051, 1, 1, 1, 5, 6);
    rejected("byte after the last image: expected -1, got: 6", () -> Idx.images(longer));
  }

  @Test
  void halfPrecisionIsDecodedAndScaledToUnitLength() throws IOException {
    byte[] bytes = new byte[12];
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : new float[] {3, -4, 0, 0, 0.5f, 0}) {
      buffer.putShort(Float.floatToFloat16(value));
    }
    Path file = gzip(bytes);
    assertArrayEquals(new float[] {3, -4, 0, 0, 0.5f, 0}, Float16Gz.read(file, 2).values());
    assertArrayEquals(
        new float[] {0.6f, -0.8f, 0, 0, 1, 0}, Float16Gz.readUnit(file, 2).values(), 1e-7f);
    rejected("expected whole rows of 10 bytes, got: 12", () -> Float16Gz.read(file, 5));
  }

  @Test
  void vecsAreRowsAfterTheirLength() throws IOException {
    Path file = temp.resolve("vecs");
    Files.write(file, littleEndian(20).putInt(2).putInt(7).putInt(-1).putInt(1).putInt(9).array());
    assertArrayEquals(new int[][] {{7, -1}, {9}}, Ivecs.read(file));
    Files.write(file, littleEndian(8).putInt(1).putFloat(0.25f).array());
    assertArrayEquals(new float[][] {{0.25f}}, Fvecs.read(file));
    Files.write(file, littleEndian(8).putInt(2).putInt(7).array());
    rejected("expected a whole row at byte 0, got length: 2", () -> Ivecs.read(file));
    rejected("expected a whole row at byte 0, got length: 2", () -> Fvecs.read(file));
  }

  @Test
  void tablesKeepEmptyFieldsAndQuotes() throws IOException {
    Path file = gzip("id\ttext\n1\ta \"b\u2028c\n2\t\n".getBytes(StandardCharsets.UTF_8));
    Tsv table = Tsv.read(file);
    assertEquals(List.of("a \"b\u2028c", ""), table.column("text"));
    assertThrows(IllegalArgumentException.class, () -> table.column("none"));
    Path uneven = gzip("id\ttext\n1\n".getBytes(StandardCharsets.UTF_8));
    rejected("line 2: expected 2 fields, got: 1", () -> Tsv.read(uneven));
  }

  private static void rejected(String end, Executable call) {
    IOException e = assertThrows(IOException.class, call);
    assertTrue(e.toString().endsWith(end), e.toString());
  }

  @Test
  void fashionMnistHasItsTruth() throws IOException {
    RealData data = RealData.fashionMnist();
    assertEquals(60_000, data.base().rows());
    assertEquals(784, data.base().dim());
    Path folder = DataFolder.require(data.name());
    checkTruth(data, Fvecs.read(folder.resolve("gt100-l2-first1000-sqdist.fvecs")), -1, 0);
    assertEquals(60_000, Idx.labels(folder.resolve("train-labels-idx1-ubyte.gz")).length);
  }

  @Test
  void wordnetHasItsTruth() throws IOException {
    RealData data = RealData.wordnetMinilm();
    assertEquals(116_791, data.base().rows());
    Path folder = DataFolder.require(data.name());
    checkTruth(data, Fvecs.read(folder.resolve("gt100-cosine-sim.fvecs")), 1, 1e-6);
    assertEquals(116_791, Tsv.read(folder.resolve("base.tsv.gz")).rows().size());
    assertEquals(1000, Tsv.read(folder.resolve("queries.tsv.gz")).column("kind").size());
  }

  @Test
  void scifactHasItsTruth() throws IOException {
    RealData data = RealData.scifactMinilm();
    assertEquals(5_183, data.base().rows());
    assertEquals(300, data.queries().rows());
    for (int query = 0; query < 300; query++) {
      for (int i = 1; i < 100; i++) {
        int[] truth = data.truth()[query];
        assertTrue(
            data.nearness(query, truth[i - 1]) >= data.nearness(query, truth[i]) - 1e-6,
            "truth of query " + query + " is in order");
      }
    }
  }

  /** Each stored figure is {@code sign} times the nearness computed from the vectors read. */
  private static void checkTruth(RealData data, float[][] figures, int sign, double tolerance) {
    assertEquals(data.queries().rows(), data.truth().length);
    for (int query = 0; query < figures.length; query += 7) {
      for (int i = 0; i < 100; i += 9) {
        double nearness = data.nearness(query, data.truth()[query][i]);
        assertEquals(figures[query][i], sign * nearness, tolerance);
      }
    }
  }
}
