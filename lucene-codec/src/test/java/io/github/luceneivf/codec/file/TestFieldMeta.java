// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.file;

import io.github.luceneivf.calibration.Calibration;
import io.github.luceneivf.codebook.CodebookId;
import io.github.luceneivf.codebook.ListReach;
import io.github.luceneivf.codebook.TrainingStatistics;
import io.github.luceneivf.quantization.CodeBlock;
import io.github.luceneivf.quantization.Encoding;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.packed.DirectWriter;

public class TestFieldMeta extends LuceneTestCase {

  private static final int DIM = 40;
  private static final int STATISTICS_BYTES = 27 + 1;
  private static final int[] SIZES = {70, 0, 30};

  /** Of the list without vectors nothing is stored. */
  private static final ListReach REACH =
      new ListReach(new float[] {1.5f, 1, 1}, new float[] {4, 0, 0});

  private static FieldMeta meta() {
    return meta(ListReach.NONE);
  }

  private static FieldMeta meta(ListReach reach) {
    byte[] hash = new byte[CodebookId.BYTES];
    Arrays.fill(hash, (byte) 0xab);
    Calibration calibration =
        new Calibration(
            20,
            1.5f,
            List.of(
                new Calibration.Band(
                    0.5f,
                    List.of(
                        new Calibration.Curve(
                            10,
                            List.of(new Calibration.Point(1, 0.5f), new Calibration.Point(3, 1f)),
                            List.of(new Calibration.Point(12, 0.75f)))))));
    CodeBlock layout = new CodeBlock(Encoding.BIT1, DIM, CodeBlock.ordBytesFor(100));
    FieldMeta.Places places =
        new FieldMeta.Places(
            new Extent(64, 700),
            new Extent(768, 200),
            new Extent(128, PostingLists.offsets(layout, SIZES)[SIZES.length]),
            new Extent(48, DirectWriter.bytesRequired(100, ListsMeta.entryBits(SIZES))));
    return new FieldMeta(
        3,
        100,
        Optional.of(
            new ListsMeta(Encoding.BIT1, CodebookId.of(hash), calibration, 0.95f, places, SIZES)
                .with(
                    new ListStatistics(new TrainingStatistics(95, 0.25, 1.5), true, 0.5, 40),
                    reach)));
  }

  private static byte[] write(FieldMeta meta) throws IOException {
    try (Directory directory = new ByteBuffersDirectory()) {
      try (IndexOutput out = directory.createOutput("m", IOContext.DEFAULT)) {
        meta.write(out);
      }
      try (IndexInput in = directory.openInput("m", IOContext.DEFAULT)) {
        byte[] bytes = new byte[(int) in.length()];
        in.readBytes(bytes, 0, bytes.length);
        return bytes;
      }
    }
  }

  private static FieldMeta read(byte[] bytes) throws IOException {
    try (Directory directory = new ByteBuffersDirectory()) {
      try (IndexOutput out = directory.createOutput("m", IOContext.DEFAULT)) {
        out.writeBytes(bytes, bytes.length);
      }
      try (IndexInput in = directory.openInput("m", IOContext.DEFAULT)) {
        return FieldMeta.read(in, in.readInt(), DIM);
      }
    }
  }

  /** The bytes of the version; they change only with a new version. */
  public void testBytesAreThoseOfTheVersion() throws Exception {
    String bytes =
        "03000000640103"
            + "abababababababababababababababababababababababababababababababab"
            + "38140000000000c03f010000000000003f010000000a00000002000000010000000000003f"
            + "030000000000803f010000000c0000000000403f3333733f40bc058006c8018001c00f3097010346001e"
            + "5f000000000000d03f000000000000f83f01000000000000e03f28";
    assertEquals(bytes + "00", HexFormat.of().formatHex(write(meta())));
    assertEquals(
        bytes + "01" + "0000c03f" + "00008040" + "0000803f" + "00000000",
        HexFormat.of().formatHex(write(meta(REACH))));
  }

  public void testRoundTrip() throws Exception {
    ListsMeta expected = meta().lists().orElseThrow();
    ListsMeta read = read(write(meta())).lists().orElseThrow();
    assertEquals(expected.encoding(), read.encoding());
    assertEquals(expected.codebook(), read.codebook());
    assertEquals(expected.calibration(), read.calibration());
    assertEquals(expected.places(), read.places());
    assertArrayEquals(expected.sizes(), read.sizes());
    assertEquals(expected.statistics(), read.statistics());
    assertEquals(0, read.reach().nlist());
    ListReach reach = read(write(meta(REACH))).lists().orElseThrow().reach();
    assertArrayEquals(REACH.along(), reach.along(), 0);
    assertArrayEquals(REACH.across(), reach.across(), 0);
    FieldMeta exact = new FieldMeta(3, 7, Optional.empty());
    assertEquals(exact, read(write(exact)));
  }

  /** Impossible counts are named before anything is allocated for them. */
  public void testImpossibleValuesAreCorrupt() throws Exception {
    byte[] bytes = write(meta());
    bytes[5] = 7; // the kind
    assertCorrupt("kind: expected 0 or 1, got: 7", bytes);
    byte[] sizes = write(meta());
    sizes[sizes.length - STATISTICS_BYTES - 1]--; // the last list
    assertCorrupt("sum of list sizes: expected in [100, 200], got: 99", sizes);
    Arrays.fill(
        sizes, sizes.length - STATISTICS_BYTES - 3, sizes.length - STATISTICS_BYTES, (byte) 99);
    assertCorrupt("sum of list sizes: expected in [100, 200], got: ", sizes);
    byte[] energy = write(meta());
    energy[energy.length - 3] = (byte) 0xff; // the sign and the exponent
    assertCorrupt("statistics: energy must be at least 0 and finite", energy);
    byte[] measured = write(meta());
    measured[measured.length - 11] = 2;
    assertCorrupt("measured: expected 0 or 1, got: 2", measured);
    byte[] kind = write(meta());
    kind[kind.length - 1] = 9;
    assertCorrupt("reach: expected 0 or 1, got: 9", kind);
    byte[] across = write(meta(REACH));
    across[across.length - 1] = (byte) 0x80;
    across[across.length - 3] = 1; // below zero
    assertCorrupt("reach: across must be at least 0 and finite, got: -", across);
  }

  private static void assertCorrupt(String message, byte[] bytes) {
    CorruptIndexException e = expectThrows(CorruptIndexException.class, () -> read(bytes));
    assertTrue(e.toString(), e.toString().contains(message));
  }
}
