// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.file;

import io.github.luceneivf.calibration.Calibration;
import io.github.luceneivf.codebook.CodebookId;
import io.github.luceneivf.codebook.ListReach;
import io.github.luceneivf.quantization.CodeBlock;
import io.github.luceneivf.quantization.Encoding;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.util.packed.DirectWriter;

/**
 * What {@code .ivm} says of a field.
 *
 * @param field number of the field
 * @param vectors vectors it has in this segment
 * @param lists its posting lists; empty if it is scanned exactly
 */
public record FieldMeta(int field, int vectors, Optional<ListsMeta> lists) {

  private static final byte EXACT = 0;
  private static final byte LISTS = 1;
  private static final byte NO_REACH = 0;
  private static final byte REACH = 1;

  /** Ends the fields of {@code .ivm}. */
  public static final int END = -1;

  /**
   * Where the parts of a field are.
   *
   * @param codebook in {@code .ivc}
   * @param routing 1-bit codes of the centroids, in {@code .ivc}
   * @param postings in {@code .ivp}
   * @param ordinals in {@code .ivo}
   */
  public record Places(Extent codebook, Extent routing, Extent postings, Extent ordinals) {}

  /**
   * Writes this entry.
   *
   * @throws IOException if writing fails
   */
  public void write(IndexOutput out) throws IOException {
    out.writeInt(field);
    out.writeVInt(vectors);
    if (lists.isEmpty()) {
      out.writeByte(EXACT);
      return;
    }
    out.writeByte(LISTS);
    ListsMeta l = lists.get();
    out.writeByte((byte) l.encoding().wireId());
    out.writeBytes(l.codebook().bytes(), CodebookId.BYTES);
    byte[] calibration = l.calibration().toBytes();
    out.writeVInt(calibration.length);
    out.writeBytes(calibration, calibration.length);
    out.writeInt(Float.floatToIntBits(l.targetRecall()));
    l.places().codebook().write(out);
    l.places().routing().write(out);
    l.places().postings().write(out);
    l.places().ordinals().write(out);
    out.writeVInt(l.nlist());
    for (int size : l.sizes()) {
      out.writeVInt(size);
    }
    l.statistics().write(out);
    out.writeByte(l.reach().nlist() > 0 ? REACH : NO_REACH);
    for (int list = 0; list < l.reach().nlist(); list++) {
      if (l.sizes()[list] > 0) {
        out.writeInt(Float.floatToIntBits(l.reach().along()[list]));
        out.writeInt(Float.floatToIntBits(l.reach().across()[list]));
      }
    }
  }

  /**
   * Reads the entry of a field.
   *
   * @param field its number, already read
   * @param dim dimension of its vectors
   * @throws CorruptIndexException if a value is impossible
   */
  public static FieldMeta read(IndexInput in, int field, int dim) throws IOException {
    int vectors = in.readVInt();
    check(vectors >= 0, "vectors", "at least 0", vectors, in);
    byte kind = in.readByte();
    if (kind == EXACT) {
      return new FieldMeta(field, vectors, Optional.empty());
    }
    check(kind == LISTS, "kind", "0 or 1", kind, in);
    Encoding encoding;
    int wireId = in.readByte();
    try {
      encoding = Encoding.fromWireId(wireId);
    } catch (IllegalArgumentException e) {
      throw new CorruptIndexException(e.getMessage(), in, e);
    }
    byte[] hash = new byte[CodebookId.BYTES];
    in.readBytes(hash, 0, hash.length);
    Calibration calibration = readCalibration(in);
    float target = Float.intBitsToFloat(in.readInt());
    if (!(target > 0 && target < 1)) {
      throw new CorruptIndexException("target recall: expected (0, 1), got: " + target, in);
    }
    Places places = new Places(Extent.read(in), Extent.read(in), Extent.read(in), Extent.read(in));
    int[] sizes = readSizes(in, vectors);
    ListStatistics statistics = ListStatistics.read(in);
    ListsMeta lists =
        new ListsMeta(encoding, CodebookId.of(hash), calibration, target, places, sizes)
            .with(statistics, readReach(in, sizes));
    CodeBlock layout = new CodeBlock(encoding, dim, CodeBlock.ordBytesFor(vectors));
    long postingBytes = PostingLists.offsets(layout, sizes)[sizes.length];
    check(
        places.postings().length() == postingBytes,
        "postings length",
        String.valueOf(postingBytes),
        places.postings().length(),
        in);
    long ordinalBytes = DirectWriter.bytesRequired(vectors, ListsMeta.entryBits(sizes));
    check(
        places.ordinals().length() == ordinalBytes,
        "ordinals length",
        String.valueOf(ordinalBytes),
        places.ordinals().length(),
        in);
    return new FieldMeta(field, vectors, Optional.of(lists));
  }

  private static Calibration readCalibration(IndexInput in) throws IOException {
    int length = in.readVInt();
    check(
        length >= 0 && length <= in.length() - in.getFilePointer(),
        "calibration length",
        "within the file",
        length,
        in);
    byte[] bytes = new byte[length];
    in.readBytes(bytes, 0, length);
    try {
      return Calibration.fromBytes(bytes);
    } catch (IOException e) {
      throw new CorruptIndexException("calibration: " + e.getMessage(), in, e);
    }
  }

  private static int[] readSizes(IndexInput in, int vectors) throws IOException {
    int nlist = in.readVInt();
    check(
        nlist >= 1 && nlist <= in.length() - in.getFilePointer(),
        "nlist",
        "in [1, bytes left]",
        nlist,
        in);
    int[] sizes = new int[nlist];
    long sum = 0;
    for (int list = 0; list < nlist; list++) {
      sizes[list] = in.readVInt();
      check(sizes[list] >= 0, "list size", "at least 0", sizes[list], in);
      sum += sizes[list];
    }
    check(
        sum >= vectors && sum <= 2L * vectors,
        "sum of list sizes",
        "in [" + vectors + ", " + 2L * vectors + "]",
        sum,
        in);
    return sizes;
  }

  private static ListReach readReach(IndexInput in, int[] sizes) throws IOException {
    byte kind = in.readByte();
    if (kind == NO_REACH) {
      return ListReach.NONE;
    }
    check(kind == REACH, "reach", "0 or 1", kind, in);
    float[] along = new float[sizes.length];
    float[] across = new float[sizes.length];
    Arrays.fill(along, 1);
    for (int list = 0; list < sizes.length; list++) {
      if (sizes[list] > 0) {
        along[list] = Float.intBitsToFloat(in.readInt());
        across[list] = Float.intBitsToFloat(in.readInt());
      }
    }
    try {
      return new ListReach(along, across);
    } catch (IllegalArgumentException e) {
      throw new CorruptIndexException("reach: " + e.getMessage(), in, e);
    }
  }

  private static void check(boolean ok, String name, String expected, long got, IndexInput in)
      throws CorruptIndexException {
    if (!ok) {
      throw new CorruptIndexException(name + ": expected " + expected + ", got: " + got, in);
    }
  }
}
