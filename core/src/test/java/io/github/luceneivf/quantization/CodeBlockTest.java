// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.quantization;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CodeBlockTest {

  @Test
  void recordsSurvivePackingAndUnpacking() {
    Random random = new Random(1);
    for (Encoding encoding : Encoding.all()) {
      for (int dim : new int[] {1, 31, 33, 100}) {
        for (int rows : new int[] {1, 15, 16, 17, 63, 64, 65, 80, 129, 200}) {
          roundTrip(random, new CodeBlock(encoding, dim, 1 + random.nextInt(4)), rows);
        }
      }
    }
  }

  private static void roundTrip(Random random, CodeBlock layout, int rows) {
    int recordBytes = layout.encoding().recordBytes(layout.dim());
    byte[] records = new byte[rows * recordBytes];
    random.nextBytes(records);
    int[] ords = new int[rows];
    for (int i = 0; i < rows; i++) {
      ords[i] = random.nextInt() >>> (32 - Math.min(31, 8 * layout.ordBytes()));
    }
    byte[] list = new byte[(int) layout.listBytes(rows)];
    byte[] block = new byte[layout.blockBytes(CodeBlock.WIDTH)];
    for (int at = 0; at < rows; ) {
      int width = CodeBlock.widthAt(at, rows);
      int count = Math.min(width, rows - at);
      layout.pack(ords, at, records, at * recordBytes, count, width, block);
      System.arraycopy(
          block, 0, list, (int) layout.blockOffset(at, rows), layout.blockBytes(width));
      at += count;
    }
    MemorySegment segment = MemorySegment.ofArray(list);
    byte[] read = new byte[records.length];
    for (int i = 0; i < rows; i++) {
      int width = CodeBlock.widthAt(i, rows);
      int first = i / CodeBlock.WIDTH * CodeBlock.WIDTH;
      int lane = (i - first) % width;
      long offset = layout.blockOffset(i, rows);
      layout.unpack(segment, offset, width, lane, read, i * recordBytes);
      assertEquals(ords[i], layout.ord(segment, offset, lane));
    }
    assertArrayEquals(records, read, layout + " rows " + rows);
    int last = CodeBlock.widthAt(rows - 1, rows) - 1;
    assertEquals(ords[rows - 1], layout.ord(segment, layout.blockOffset(rows - 1, rows), last));
  }

  @Test
  void listsAreFullBlocksAndATail() {
    CodeBlock layout = new CodeBlock(Encoding.BIT1, 32, 2);
    assertEquals(14, layout.blockBytes(1));
    assertEquals(0, layout.listBytes(0));
    assertEquals(16 * 14, layout.listBytes(1));
    assertEquals(48 * 14, layout.listBytes(33));
    assertEquals(64 * 14, layout.listBytes(64));
    assertEquals(80 * 14, layout.listBytes(65));
    assertEquals(64 * 14, layout.blockOffset(64, 65));
    assertEquals(80 * 14, layout.blockOffset(80, 81));
  }

  @Test
  void ordinalsTakeTheFewestBytes() {
    int[] sizes = {1, 256, 257, 65536, 65537, 1 << 24, (1 << 24) + 1, Integer.MAX_VALUE};
    int[] bytes = {1, 1, 2, 2, 3, 3, 4, 4};
    for (int i = 0; i < sizes.length; i++) {
      assertEquals(bytes[i], CodeBlock.ordBytesFor(sizes[i]));
    }
  }

  @Test
  void wireIdsAreStable() {
    assertEquals(Encoding.FLOAT32, Encoding.fromWireId(1));
    assertEquals(Encoding.INT8, Encoding.fromWireId(2));
    assertEquals(Encoding.BIT1, Encoding.fromWireId(3));
    assertEquals(Encoding.INT4, Encoding.fromWireId(4));
    assertEquals(Encoding.BIT2, Encoding.fromWireId(5));
    assertEquals(Encoding.PQ4, Encoding.fromWireId(6));
    assertEquals(Encoding.PQ8, Encoding.fromWireId(7));
    assertEquals("BIT1", Encoding.BIT1.displayName());
    assertEquals(
        "encoding must be one of 1, 2, 3, 4, 5, 6, 7, got: 0",
        assertThrows(IllegalArgumentException.class, () -> Encoding.fromWireId(0)).getMessage());
  }

  @Test
  void defaultEncodingDependsOnTheDimension() {
    assertEquals(Encoding.BIT2, Encoding.defaultFor(1));
    assertEquals(Encoding.BIT2, Encoding.defaultFor(159));
    assertEquals(Encoding.BIT1, Encoding.defaultFor(160));
    assertEquals(Encoding.BIT1, Encoding.defaultFor(4096));
  }

  @Test
  void badLayoutsAreRefused() {
    assertEquals(
        "dim must be at least 1, got: 0",
        assertThrows(IllegalArgumentException.class, () -> new CodeBlock(Encoding.BIT1, 0, 1))
            .getMessage());
    assertEquals(
        "ordBytes must be in [1, 4], got: 5",
        assertThrows(IllegalArgumentException.class, () -> new CodeBlock(Encoding.BIT1, 1, 5))
            .getMessage());
  }
}
