// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.codec.file.IvfFiles;
import io.github.luceneivf.quantization.Encoding;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.IndexFormatTooNewException;
import org.apache.lucene.index.IndexFormatTooOldException;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever happened to a file of a small segment, opening it or checkIntegrity says so, in the ways
 * in which Lucene says it; and a search that asks neither ends.
 */
class DamagedFilesTest {

  private static final int VECTORS = 128;

  /** Damaged bytes of a long file that are searched. */
  private static final int SEARCHED = 500;

  /** One of each way to code; of the others, one bit of each byte is flipped. */
  private static final List<Encoding> ALL_BITS =
      List.of(Encoding.FLOAT32, Encoding.INT8, Encoding.BIT1, Encoding.PQ4);

  private static final Map<Outcome, Integer> OUTCOMES = new EnumMap<>(Outcome.class);

  /** Who finds damage. */
  private enum Outcome {
    OPEN,
    CHECK,
    NOBODY
  }

  private static List<Encoding> encodings() {
    return Encoding.all();
  }

  private static FuzzedSegment segment(Encoding encoding) throws IOException {
    return new FuzzedSegment(encoding, VectorSimilarityFunction.EUCLIDEAN, VECTORS);
  }

  private static Outcome outcome(FuzzedSegment segment, IvfFiles file, byte[] bytes)
      throws IOException {
    BytesDirectory directory = segment.directory(true).with(segment.name(file), bytes);
    Outcome outcome = Outcome.OPEN;
    try (KnnVectorsReader reader = segment.open(directory)) {
      outcome = Outcome.CHECK;
      reader.checkIntegrity();
      outcome = Outcome.NOBODY;
    } catch (CorruptIndexException
        | IndexFormatTooNewException
        | IndexFormatTooOldException
        | EOFException _) {
      // as it should be
    }
    OUTCOMES.merge(outcome, 1, Integer::sum);
    return outcome;
  }

  private static void assertFound(FuzzedSegment segment, IvfFiles file, byte[] bytes, String what)
      throws IOException {
    if (outcome(segment, file, bytes) == Outcome.NOBODY) {
      throw new AssertionError(what + " of " + segment.name(file) + " must be found");
    }
  }

  @AfterAll
  static void print() {
    System.out.println("damaged files, by who found them: " + OUTCOMES);
  }

  @ParameterizedTest
  @MethodSource("encodings")
  void everyFlippedBitIsFound(Encoding encoding) throws IOException {
    FuzzedSegment segment = segment(encoding);
    int step = ALL_BITS.contains(encoding) ? 1 : Byte.SIZE;
    for (IvfFiles file : IvfFiles.values()) {
      byte[] bytes = segment.file(file);
      for (int at = 0; at < bytes.length; at++) {
        for (int bit = at % step; bit < Byte.SIZE; bit += step) {
          bytes[at] ^= (byte) (1 << bit);
          assertFound(segment, file, bytes, "bit " + bit + " of byte " + at);
          bytes[at] ^= (byte) (1 << bit);
        }
      }
      assertEquals(Outcome.NOBODY, outcome(segment, file, bytes), "undamaged " + file);
    }
  }

  @ParameterizedTest
  @MethodSource("encodings")
  void everyOtherLengthIsFound(Encoding encoding) throws IOException {
    FuzzedSegment segment = segment(encoding);
    for (IvfFiles file : IvfFiles.values()) {
      byte[] bytes = segment.file(file);
      for (int length = 0; length < bytes.length; length++) {
        assertFound(segment, file, Arrays.copyOf(bytes, length), "length " + length);
      }
      for (int more : new int[] {1, 7, 8, 16, 64, 4096}) {
        assertFound(segment, file, Arrays.copyOf(bytes, bytes.length + more), more + " zeros more");
        byte[] twice = Arrays.copyOf(bytes, bytes.length + more);
        int again = Math.min(more, bytes.length);
        System.arraycopy(bytes, bytes.length - again, twice, twice.length - again, again);
        assertFound(segment, file, twice, "the last " + more + " bytes again");
      }
      byte[] zeros = new byte[bytes.length];
      assertFound(segment, file, zeros, "nothing but zeros");
      System.arraycopy(bytes, 0, zeros, 0, segment.headerBytes(file));
      System.arraycopy(bytes, bytes.length - 16, zeros, bytes.length - 16, 16);
      assertFound(segment, file, zeros, "zeros between header and footer");
    }
  }

  @ParameterizedTest
  @MethodSource("encodings")
  void everyOtherFileIsFound(Encoding encoding) throws IOException {
    FuzzedSegment segment = segment(encoding);
    FuzzedSegment same = segment(encoding);
    for (IvfFiles file : IvfFiles.values()) {
      byte[] other = same.file(file);
      assertEquals(segment.file(file).length, other.length, "twins must be of one size");
      assertFound(segment, file, other, "file of another segment");
      for (IvfFiles kind : IvfFiles.values()) {
        if (kind != file) {
          assertFound(segment, file, segment.file(kind), kind + " in the place");
        }
      }
    }
  }

  /** Under checksums that fit, so that what is found is found by looking at the content. */
  @Test
  void searchesOfDamagedFilesEnd() throws IOException {
    int searched = 0;
    for (byte[] seed : SegmentTarget.seeds()) {
      int step = Math.max(1, seed.length / SEARCHED);
      for (int at = 2; at < seed.length; at += step) {
        byte[] damaged = seed.clone();
        damaged[at] ^= (byte) (1 << (at * 5 % Byte.SIZE));
        SegmentTarget.fuzzerTestOneInput(damaged);
        searched++;
      }
      for (int length = 2; length < seed.length; length += step) {
        SegmentTarget.fuzzerTestOneInput(Arrays.copyOf(seed, length));
      }
    }
    assertTrue(searched > 5_000, "searches must be many, got: " + searched);
  }
}
