// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.write;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** What an encoder, here or elsewhere, may hand over. */
class EncodedVectorsTest {

  private static final int NLIST = 4;
  private static final int RECORD = 3;

  private static EncodedVectors of(int vectors, boolean spills) {
    return new EncodedVectors(
        vectors, spills, first -> new HeapCodes(NLIST, RECORD, first ? vectors : 0));
  }

  private static void assertRefused(String text, EncodedVectors codes, int... ords) {
    IllegalStateException refused =
        assertThrows(
            IllegalStateException.class,
            () ->
                codes.acceptCopies(
                    ords.length, ords, new int[ords.length], new byte[ords.length * RECORD]));
    String message = String.valueOf(refused.getMessage());
    assertTrue(message.contains(text), message);
  }

  @Test
  void secondEntriesAscendAndAreOfVectorsThatCame() throws IOException {
    try (EncodedVectors codes = of(10, true)) {
      codes.accept(0, 5, new int[5], new byte[5 * RECORD]);
      assertRefused("in [0, 5), got: 5", codes, 5);
      assertRefused("got: -1 after -1", codes, -1);
      codes.acceptCopies(2, new int[] {1, 3}, new int[] {2, 3}, new byte[2 * RECORD]);
      assertRefused("got: 3 after 3", codes, 3);
      codes.accept(5, 5, new int[5], new byte[5 * RECORD]);
      codes.acceptCopies(1, new int[] {9}, new int[] {1}, new byte[RECORD]);
      codes.seal();
      assertEquals(10, codes.own().count());
      assertEquals(3, codes.copies().count());
      assertEquals(3, codes.copied().cardinality());
    }
  }

  @Test
  void thereAreNoneWhereTheCodebookDoesNotSpill() throws IOException {
    try (EncodedVectors codes = of(10, false)) {
      codes.accept(0, 5, new int[5], new byte[5 * RECORD]);
      assertRefused("in [0, 0), got: 2", codes, 2);
    }
  }

  @Test
  void restartForgetsSecondEntriesToo() throws IOException {
    try (EncodedVectors codes = of(2, true)) {
      for (int round = 0; round < 2; round++) {
        codes.accept(0, 2, new int[2], new byte[2 * RECORD]);
        codes.acceptCopies(1, new int[] {1}, new int[] {1}, new byte[RECORD]);
        if (round == 0) {
          codes.restart();
        }
      }
      codes.seal();
      assertEquals(1, codes.copies().count());
    }
  }

  @Test
  void missingVectorsAreNoticed() throws IOException {
    try (EncodedVectors codes = of(3, true)) {
      codes.accept(0, 2, new int[2], new byte[2 * RECORD]);
      IllegalStateException refused = assertThrows(IllegalStateException.class, codes::seal);
      assertEquals("the encoder must code all 3 vectors, got: 2", refused.getMessage());
    }
  }
}
