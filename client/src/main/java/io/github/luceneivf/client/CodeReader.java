// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.client;

import com.google.protobuf.ByteString;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.EncodedSink;
import io.github.luceneivf.proto.v1.CodeChunk;
import io.github.luceneivf.proto.v1.CopyChunk;
import io.github.luceneivf.proto.v1.EncodeSummary;
import io.github.luceneivf.quantization.Encoding;
import io.github.luceneivf.wire.Checksums;
import io.github.luceneivf.wire.ChunkCheck;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Checks codes that the sidecar sent, and hands them on: ordinals contiguous and of vectors sent,
 * those of second entries ascending and of vectors that were handed on, list numbers in range,
 * sizes and checksums right, floats finite. Not thread-safe; one per stream.
 */
final class CodeReader {

  private final int nlist;
  private final int dim;
  private final Encoding encoding;
  private final int recordBytes;
  private final EncodedSink sink;
  private final boolean spills;
  private final CRC32C whole = new CRC32C();
  private int received;
  private int copies;
  private int lastCopied = -1;

  /** Own lists of the vectors handed on, where some may be in a second one. */
  private int[] own = new int[0];

  CodeReader(Codebook codebook, Encoding encoding, EncodedSink sink) {
    this.nlist = codebook.nlist();
    this.dim = codebook.dim();
    this.spills = codebook.spills();
    this.encoding = encoding;
    this.recordBytes = encoding.recordBytes(dim);
    this.sink = sink;
  }

  /** Returns the number of vectors whose codes are handed on. */
  int received() {
    return received;
  }

  /**
   * Takes a chunk.
   *
   * @param sent vectors sent so far
   * @throws SidecarException if it cannot be right
   * @throws io.github.luceneivf.wire.WireException if it was damaged
   * @throws IOException what the sink threw
   */
  void accept(CodeChunk chunk, int sent) throws IOException {
    int count = chunk.getCount();
    if (chunk.getFirstOrd() != received) {
      throw SidecarException.invalid(
          "first_ord must be " + received + ", got: " + chunk.getFirstOrd());
    }
    if (count < 1 || count > sent - received) {
      throw SidecarException.invalid(
          "count must be in [1, " + (sent - received) + "], got: " + count);
    }
    requireSize("lists", chunk.getLists(), (long) count * Integer.BYTES);
    requireSize("records", chunk.getRecords(), (long) count * recordBytes);
    requireChecksum(chunk.getCrc32C(), chunk.getLists(), chunk.getRecords());
    int[] lists = lists(chunk.getLists(), count);
    byte[] records = chunk.getRecords().toByteArray();
    requireFinite(records, count);
    int firstOrd = received;
    received += count;
    if (spills) {
      if (own.length < received) {
        own = Arrays.copyOf(own, Math.max(received, own.length + own.length / 2));
      }
      System.arraycopy(lists, 0, own, firstOrd, count);
    }
    sink.accept(firstOrd, count, lists, records);
  }

  /**
   * Takes second entries.
   *
   * @throws SidecarException if they cannot be right
   * @throws io.github.luceneivf.wire.WireException if they were damaged
   * @throws IOException what the sink threw
   */
  void accept(CopyChunk chunk) throws IOException {
    int count = chunk.getCount();
    int most = spills ? received - copies : 0;
    if (count < 1 || count > most) {
      throw SidecarException.invalid(
          "count of second entries must be in [1, " + most + "], got: " + count);
    }
    requireSize("ords", chunk.getOrds(), (long) count * Integer.BYTES);
    requireSize("lists", chunk.getLists(), (long) count * Integer.BYTES);
    requireSize("records", chunk.getRecords(), (long) count * recordBytes);
    requireChecksum(chunk.getCrc32C(), chunk.getOrds(), chunk.getLists(), chunk.getRecords());
    int[] ords = ints(chunk.getOrds(), count);
    for (int ord : ords) {
      if (ord <= lastCopied || ord >= received) {
        throw SidecarException.invalid(
            "ord of a second entry must be in (" + lastCopied + ", " + received + "), got: " + ord);
      }
      lastCopied = ord;
    }
    int[] lists = lists(chunk.getLists(), count);
    for (int i = 0; i < count; i++) {
      if (lists[i] == own[ords[i]]) {
        throw SidecarException.invalid(
            "second list must not be the own one " + lists[i] + ", got it for ord " + ords[i]);
      }
    }
    byte[] records = chunk.getRecords().toByteArray();
    requireFinite(records, count);
    copies += count;
    sink.acceptCopies(count, ords, lists, records);
  }

  private void requireChecksum(int expected, ByteString... parts) {
    CRC32C crc = new CRC32C();
    for (ByteString part : parts) {
      Checksums.update(crc, part);
    }
    ChunkCheck.requireChecksum("codes", expected, (int) crc.getValue());
    for (ByteString part : parts) {
      Checksums.update(whole, part);
    }
  }

  private static int[] ints(ByteString bytes, int count) {
    int[] values = new int[count];
    bytes.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().get(values);
    return values;
  }

  private static void requireSize(String name, ByteString bytes, long size)
      throws SidecarException {
    if (bytes.size() != size) {
      throw SidecarException.invalid(name + " must have " + size + " bytes, got: " + bytes.size());
    }
  }

  private int[] lists(ByteString bytes, int count) throws SidecarException {
    int[] lists = ints(bytes, count);
    for (int list : lists) {
      if (list < 0 || list >= nlist) {
        throw SidecarException.invalid("list must be in [0, " + nlist + "), got: " + list);
      }
    }
    return lists;
  }

  private void requireFinite(byte[] records, int count) throws SidecarException {
    ByteBuffer buffer = ByteBuffer.wrap(records).order(ByteOrder.LITTLE_ENDIAN);
    boolean codeIsFloats = encoding.equals(Encoding.FLOAT32);
    int from = codeIsFloats ? 0 : encoding.codeBytes(dim);
    for (int i = 0; i < count; i++) {
      for (int at = from; at < recordBytes; at += Float.BYTES) {
        float value = buffer.getFloat(i * recordBytes + at);
        if (!Float.isFinite(value)) {
          throw SidecarException.invalid("term must be finite, got: " + value);
        }
      }
    }
  }

  /**
   * Checks the end.
   *
   * @param sent vectors sent
   * @throws SidecarException if something is missing
   * @throws io.github.luceneivf.wire.WireException if something was damaged
   */
  void finish(EncodeSummary summary, int sent) throws SidecarException {
    if (received != sent || summary.getCount() != sent) {
      throw SidecarException.invalid(
          "count must be " + sent + ", got: " + received + ", summary says: " + summary.getCount());
    }
    if (summary.getCopies() != copies) {
      throw SidecarException.invalid(
          "second entries must be " + copies + ", summary says: " + summary.getCopies());
    }
    ChunkCheck.requireChecksum("all codes", summary.getCrc32C(), (int) whole.getValue());
  }
}
