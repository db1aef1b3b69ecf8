// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codebook;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.clustering.VectorSpace;
import io.github.luceneivf.quantization.Encoding;
import io.github.luceneivf.quantization.SubCodebooks;
import java.io.IOException;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CodebookTest {

  private static Codebook.Content content(float first) {
    float[] centroids = {first, 2, 3, 4, 5, 6};
    return new Codebook.Content(
        new VectorSpace(Metric.EUCLIDEAN, -3),
        new FloatMatrix(centroids, 2, 3),
        new float[] {0.5f, 1.5f},
        new float[] {7, 8, 9},
        11);
  }

  private static Codebook codebook() {
    Optional<CodebookId> parent = Optional.of(CodebookId.hashOf(new byte[] {1}));
    return new Codebook(content(1), new Codebook.Lineage(3, parent, 1000));
  }

  private static Codebook withSubCodebooks() {
    float[] values = new float[16 * 32];
    for (int i = 0; i < values.length; i++) {
      values[i] = i;
    }
    Codebook.Content plain = content(1);
    return new Codebook(
        new Codebook.Content(
            plain.space(),
            plain.centroids(),
            plain.radii(),
            plain.mean(),
            plain.rotationSeed(),
            Optional.of(new SubCodebooks(16, 2, values))),
        codebook().lineage());
  }

  @Test
  void subCodebooksArePartOfTheContent() throws IOException {
    assertNotEquals(codebook().id(), withSubCodebooks().id());
    Codebook read = Codebook.fromBytes(withSubCodebooks().toBytes());
    SubCodebooks books = Objects.requireNonNull(read.quantizer().subCodebooks());
    assertEquals(16, books.size());
    assertEquals(2, books.subDim());
    assertEquals(32, books.dim());
    assertEquals(511, books.values()[511]);
    assertTrue(read.supports(Encoding.PQ4) && read.supports(Encoding.BIT1));
    assertFalse(read.supports(Encoding.PQ8) || codebook().supports(Encoding.PQ4));
    assertEquals(read.toBytes().length, Codebook.maxBytes(2, 3, Encoding.PQ4));
    assertEquals(codebook().toBytes().length, Codebook.maxBytes(2, 3, Encoding.BIT1));
  }

  @Test
  void subCodebooksThatDoNotFitAreRefused() {
    assertEquals(
        "sub-codebook size must be 16 or 256, got: 15", refusal(15, 2, new float[15 * 32]));
    assertEquals(
        "sub-codebook dim must be at least 1 and divide the 32 components, got: 3",
        refusal(16, 3, new float[16 * 32]));
    float[] bad = new float[16 * 32];
    bad[7] = Float.NaN;
    assertEquals("sub-codebooks must be finite, got: NaN at index 7", refusal(16, 2, bad));
    assertEquals(
        "sub-codebooks must have 32 components, got: 64", refusal(16, 2, new float[16 * 64]));
  }

  private static String refusal(int size, int subDim, float[] values) {
    Codebook.Content plain = content(1);
    return String.valueOf(
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    new Codebook.Content(
                        plain.space(),
                        plain.centroids(),
                        plain.radii(),
                        plain.mean(),
                        plain.rotationSeed(),
                        Optional.of(new SubCodebooks(size, subDim, values))))
            .getMessage());
  }

  @Test
  void theIdIsTheHashOfTheContent() {
    assertEquals(
        "16eee5480e2c17216bfb7d0c8a861efe61a6b58e738411e536877248725b4ee0",
        codebook().id().toString());
  }

  @Test
  void lineageDoesNotCountForTheIdAndContentDoes() {
    Codebook.Lineage other = new Codebook.Lineage(1, Optional.empty(), 5);
    assertEquals(codebook().id(), new Codebook(content(1), other).id());
    assertNotEquals(codebook().id(), new Codebook(content(1.5f), other).id());
  }

  @Test
  void theBinaryFormSurvives() throws IOException {
    for (Codebook written :
        new Codebook[] {
          codebook(),
          withSubCodebooks(),
          Codebook.oneList(new VectorSpace(Metric.COSINE, 0), new float[] {1, 2, 3, 4}, 77)
        }) {
      Codebook read = Codebook.fromBytes(written.toBytes());
      assertEquals(written.id(), read.id());
      assertEquals(written.lineage(), read.lineage());
      assertEquals(written.space(), read.space());
      assertArrayEquals(written.centroids().values(), read.centroids().values());
      assertArrayEquals(written.radii(), read.radii());
      assertArrayEquals(written.quantizer().mean(), read.quantizer().mean());
      assertArrayEquals(written.toBytes(), read.toBytes());
    }
  }

  static Stream<Codebook> codebooks() {
    return Stream.of(codebook(), withSubCodebooks());
  }

  @ParameterizedTest
  @MethodSource("codebooks")
  void everyFlippedBitIsNoticed(Codebook codebook) {
    byte[] bytes = codebook.toBytes();
    for (int bit = 0; bit < bytes.length * 8; bit++) {
      byte[] damaged = bytes.clone();
      damaged[bit / 8] ^= (byte) (1 << (bit % 8));
      assertThrows(IOException.class, () -> Codebook.fromBytes(damaged), "bit " + bit);
    }
  }

  @ParameterizedTest
  @MethodSource("codebooks")
  void everyOtherLengthIsNoticed(Codebook codebook) {
    byte[] bytes = codebook.toBytes();
    for (int length = 0; length < bytes.length + 9; length++) {
      if (length != bytes.length) {
        byte[] damaged = Arrays.copyOf(bytes, length);
        assertThrows(IOException.class, () -> Codebook.fromBytes(damaged), "length " + length);
      }
    }
  }

  /** Whatever the bytes, with a checksum that fits: an IOException or a valid codebook. */
  @ParameterizedTest
  @MethodSource("codebooks")
  void garbageWithAGoodChecksumIsRefusedOrValid(Codebook codebook) throws IOException {
    Random random = new Random(5);
    byte[] bytes = codebook.toBytes();
    int refused = 0;
    for (int round = 0; round < 20_000; round++) {
      byte[] damaged = bytes.clone();
      int at = random.nextInt(Math.min(damaged.length - 8, 200));
      for (int i = 0; i < 1 + random.nextInt(8); i++) {
        damaged[at + i] = (byte) (random.nextBoolean() ? random.nextInt() : -1);
      }
      CRC32C crc = new CRC32C();
      crc.update(damaged, 0, damaged.length - 4);
      for (int i = 0; i < 4; i++) {
        damaged[damaged.length - 4 + i] = (byte) (crc.getValue() >>> (8 * i));
      }
      try {
        assertEquals(bytes.length, Codebook.fromBytes(damaged).toBytes().length);
      } catch (IOException e) {
        assertTrue(String.valueOf(e.getMessage()).startsWith("codebook: "), e.toString());
        refused++;
      }
    }
    assertTrue(refused > 2000, "refused: " + refused);
  }

  /** What is read is written again as it was: a parent is there or it is not. */
  @Test
  void parentWithoutItsFlagIsRefused() {
    byte[] bytes =
        Codebook.oneList(new VectorSpace(Metric.EUCLIDEAN, 0), new float[2], 1).toBytes();
    bytes[bytes.length - Integer.BYTES - 1] = 1;
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, bytes.length - 4);
    for (int i = 0; i < 4; i++) {
      bytes[bytes.length - 4 + i] = (byte) (crc.getValue() >>> (8 * i));
    }
    assertEquals(
        "codebook: parent without flag must be zeros",
        assertThrows(IOException.class, () -> Codebook.fromBytes(bytes)).getMessage());
  }

  @Test
  void messagesNameTheField() {
    assertRefused("radii must have nlist = 2 values, got: 1", new float[1], new float[3], 1);
    assertRefused("mean must have dim = 3 values, got: 4", new float[2], new float[4], 1);
    assertRefused("radii must be at least 0, got: -1.0", new float[] {1, -1}, new float[3], 1);
    assertRefused(
        "centroids must be finite, got: NaN at index 0", new float[2], new float[3], Float.NaN);
    assertEquals(
        "version must be at least 1, got: 0",
        assertThrows(
                IllegalArgumentException.class, () -> new Codebook.Lineage(0, Optional.empty(), 1))
            .getMessage());
    assertEquals(
        "codebook: expected at least 85 bytes, got: 3",
        assertThrows(IOException.class, () -> Codebook.fromBytes(new byte[3])).getMessage());
  }

  private static void assertRefused(String message, float[] radii, float[] mean, float first) {
    FloatMatrix centroids = new FloatMatrix(new float[] {first, 0, 0, 0, 0, 0}, 2, 3);
    VectorSpace space = new VectorSpace(Metric.EUCLIDEAN, 0);
    assertEquals(
        message,
        assertThrows(
                IllegalArgumentException.class,
                () -> new Codebook.Content(space, centroids, radii, mean, 1))
            .getMessage());
  }
}
