// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.client;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.github.luceneivf.codebook.AbortCheck;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.EncodedSink;
import io.github.luceneivf.codebook.LocalVectorEncoder;
import io.github.luceneivf.codebook.Spill;
import io.github.luceneivf.proto.v1.CodeChunk;
import io.github.luceneivf.proto.v1.CopyChunk;
import io.github.luceneivf.proto.v1.EncodeSummary;
import io.github.luceneivf.quantization.Encoding;
import io.github.luceneivf.wire.Checksums;
import io.github.luceneivf.wire.WireException;
import java.io.IOException;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** Second entries as a sidecar sends them, right and wrong. */
class CodeReaderTest {

  private static final Encoding ENCODING = Encoding.BIT1;

  private final Codebook codebook;
  private final Sent sent = new Sent();

  CodeReaderTest() throws IOException {
    codebook =
        TestVectors.trained(TestVectors.request(40).withSpill(new Spill(0.5)), TestVectors.sample())
            .codebook();
    new LocalVectorEncoder()
        .encode(codebook, ENCODING, TestVectors.sample().asSource(), sent, AbortCheck.NONE);
  }

  /** All codes in one chunk of each kind. */
  private static final class Sent implements EncodedSink {
    private CodeChunk codes = CodeChunk.getDefaultInstance();
    private CopyChunk copies = CopyChunk.getDefaultInstance();
    private int[] ords = new int[0];

    @Override
    public void accept(int firstOrd, int count, int[] lists, byte[] records) {
      assertEquals(0, firstOrd, "one batch is enough here");
      int bytes = count * (records.length / lists.length);
      codes =
          CodeChunk.newBuilder()
              .setCount(count)
              .setLists(ByteString.copyFrom(Bytes.ofInts(lists, 0, count)))
              .setRecords(ByteString.copyFrom(records, 0, bytes))
              .build();
      codes = codes.toBuilder().setCrc32C(crc(codes.getLists(), codes.getRecords())).build();
    }

    @Override
    public void acceptCopies(int count, int[] of, int[] lists, byte[] records) {
      ords = Arrays.copyOf(of, count);
      copies =
          right(
              CopyChunk.newBuilder()
                  .setCount(count)
                  .setOrds(ByteString.copyFrom(Bytes.ofInts(of, 0, count)))
                  .setLists(ByteString.copyFrom(Bytes.ofInts(lists, 0, count)))
                  .setRecords(
                      ByteString.copyFrom(records, 0, count * (records.length / lists.length)))
                  .build());
    }

    @Override
    public void restart() {
      throw new AssertionError("a local encoder starts once");
    }
  }

  private static int crc(ByteString... parts) {
    CRC32C crc = new CRC32C();
    for (ByteString part : parts) {
      Checksums.update(crc, part);
    }
    return (int) crc.getValue();
  }

  private static CopyChunk right(CopyChunk chunk) {
    return chunk.toBuilder()
        .setCrc32C(crc(chunk.getOrds(), chunk.getLists(), chunk.getRecords()))
        .build();
  }

  /** Keeps ordinals of second entries. */
  private static final class Kept implements EncodedSink {
    private int[] ords = new int[0];

    @Override
    public void accept(int firstOrd, int count, int[] lists, byte[] records) {}

    @Override
    public void acceptCopies(int count, int[] of, int[] lists, byte[] records) {
      int before = ords.length;
      ords = Arrays.copyOf(ords, before + count);
      System.arraycopy(of, 0, ords, before, count);
    }

    @Override
    public void restart() {}
  }

  private EncodeSummary summary(int copies) {
    return EncodeSummary.newBuilder()
        .setCount(sent.codes.getCount())
        .setCopies(copies)
        .setCrc32C(
            crc(
                sent.codes.getLists(),
                sent.codes.getRecords(),
                sent.copies.getOrds(),
                sent.copies.getLists(),
                sent.copies.getRecords()))
        .build();
  }

  @Test
  void secondEntriesAreHandedOn() throws IOException {
    assertTrue(sent.ords.length > sent.codes.getCount() / 4, "copies: " + sent.ords.length);
    Kept kept = new Kept();
    CodeReader reader = new CodeReader(codebook, ENCODING, kept);
    reader.accept(sent.codes, sent.codes.getCount());
    reader.accept(sent.copies);
    reader.finish(summary(sent.ords.length), sent.codes.getCount());
    assertArrayEquals(sent.ords, kept.ords);
  }

  @Test
  void secondEntriesThatAreMissingAreNoticed() throws IOException {
    CodeReader reader = new CodeReader(codebook, ENCODING, new Kept());
    reader.accept(sent.codes, sent.codes.getCount());
    SidecarException missing =
        assertThrows(
            SidecarException.class,
            () -> reader.finish(summary(sent.ords.length), sent.codes.getCount()));
    assertEquals("second entries must be 0, summary says: " + sent.ords.length, message(missing));
  }

  private static String message(Exception e) {
    return String.valueOf(e.getMessage());
  }

  private void assertRefused(String text, UnaryOperator<CopyChunk> change) throws IOException {
    CodeReader reader = new CodeReader(codebook, ENCODING, new Kept());
    reader.accept(sent.codes, sent.codes.getCount());
    CopyChunk wrong = right(change.apply(sent.copies));
    SidecarException refused =
        assertThrows(SidecarException.class, () -> reader.accept(wrong), text);
    assertTrue(message(refused).contains(text), message(refused));
  }

  private static ByteString with(ByteString ints, int at, int value) {
    byte[] bytes = ints.toByteArray();
    System.arraycopy(Bytes.ofInts(new int[] {value}, 0, 1), 0, bytes, at * Integer.BYTES, 4);
    return ByteString.copyFrom(bytes);
  }

  @Test
  void whatCannotBeRightIsRefused() throws IOException {
    int all = sent.codes.getCount();
    assertRefused(
        "count of second entries must be in [1, ", c -> c.toBuilder().setCount(0).build());
    assertRefused("ords must have ", c -> c.toBuilder().setOrds(ByteString.EMPTY).build());
    assertRefused("lists must have ", c -> c.toBuilder().setLists(ByteString.EMPTY).build());
    assertRefused("records must have ", c -> c.toBuilder().setRecords(ByteString.EMPTY).build());
    assertRefused(
        "ord of a second entry must be in ("
            + sent.ords[0]
            + ", "
            + all
            + "), got: "
            + sent.ords[0],
        c -> c.toBuilder().setOrds(with(c.getOrds(), 1, sent.ords[0])).build());
    assertRefused(
        "ord of a second entry must be in (-1, " + all + "), got: -5",
        c -> c.toBuilder().setOrds(with(c.getOrds(), 0, -5)).build());
    assertRefused(
        ", " + all + "), got: " + all,
        c -> c.toBuilder().setOrds(with(c.getOrds(), sent.ords.length - 1, all)).build());
    assertRefused(
        "list must be in [0, " + codebook.nlist() + "), got: " + codebook.nlist(),
        c -> c.toBuilder().setLists(with(c.getLists(), 0, codebook.nlist())).build());
    int own =
        sent.codes
            .getLists()
            .asReadOnlyByteBuffer()
            .order(ByteOrder.LITTLE_ENDIAN)
            .getInt(sent.ords[0] * Integer.BYTES);
    assertRefused(
        "second list must not be the own one " + own,
        c -> c.toBuilder().setLists(with(c.getLists(), 0, own)).build());
  }

  @Test
  void damageIsNoticed() throws IOException {
    CodeReader reader = new CodeReader(codebook, ENCODING, new Kept());
    reader.accept(sent.codes, sent.codes.getCount());
    CopyChunk damaged = sent.copies.toBuilder().setCrc32C(sent.copies.getCrc32C() + 1).build();
    assertThrows(WireException.class, () -> reader.accept(damaged));
  }

  @Test
  void codebookThatDoesNotSpillHasNone() throws IOException {
    Codebook plain =
        TestVectors.trained(TestVectors.request(40).withSpill(Spill.NONE), TestVectors.sample())
            .codebook();
    CodeReader reader = new CodeReader(plain, ENCODING, new Kept());
    reader.accept(sent.codes, sent.codes.getCount());
    SidecarException refused =
        assertThrows(SidecarException.class, () -> reader.accept(sent.copies));
    assertTrue(message(refused).contains("must be in [1, 0]"), message(refused));
  }

  /** Ordinals ascend over chunks, too. */
  @Test
  void chunksFollowEachOther() throws IOException {
    CodeReader reader = new CodeReader(codebook, ENCODING, new Kept());
    reader.accept(sent.codes, sent.codes.getCount());
    reader.accept(sent.copies);
    SidecarException again = assertThrows(SidecarException.class, () -> reader.accept(sent.copies));
    assertTrue(message(again).contains("second ent"), message(again));
  }
}
