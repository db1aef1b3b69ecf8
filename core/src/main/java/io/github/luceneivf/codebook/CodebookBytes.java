// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codebook;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.clustering.VectorSpace;
import io.github.luceneivf.codebook.Codebook.Content;
import io.github.luceneivf.codebook.Codebook.Lineage;
import io.github.luceneivf.quantization.Rotation;
import io.github.luceneivf.quantization.SubCodebooks;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The binary form of a codebook, little-endian, in this order:
 *
 * <ul>
 *   <li><b>[int]</b> magic, <b>[int]</b> version of this form
 *   <li>content, which the {@link CodebookId} is the hash of: <b>[int]</b> metric's wire id,
 *       <b>[int]</b> exponent of the space, <b>[int]</b> nlist, <b>[int]</b> dim, <b>[long]</b>
 *       rotation seed, <b>[float]</b> cost of spilling, <b>[float × dim]</b> mean, <b>[float ×
 *       nlist]</b> radii, <b>[float × nlist × dim]</b> centroids, row-major; in version 4:
 *       <b>[int]</b> centroids per subspace of the sub-codebooks, <b>[int]</b> components of a
 *       subspace, <b>[float × subspaces × centroids × components]</b> sub-codebooks; the subspaces
 *       together have the padded dimension
 *   <li>lineage: <b>[int]</b> version, <b>[long]</b> population, <b>[byte]</b> 1 if there is a
 *       parent, else 0, <b>[byte × 32]</b> parent's id, or zeros
 *   <li><b>[int]</b> CRC-32C of everything before
 * </ul>
 *
 * <p>A codebook without sub-codebooks is written as version 3.
 */
final class CodebookBytes {

  private static final int MAGIC = 0x43465649; // "IVFC"
  private static final int VERSION_START = 3;
  private static final int VERSION_SUB_CODEBOOKS = 4;
  private static final int HEADER_BYTES = 2 * Integer.BYTES;
  private static final int FIXED_CONTENT_BYTES = 4 * Integer.BYTES + Long.BYTES + Float.BYTES;
  private static final int SUB_CODEBOOK_HEADER_BYTES = 2 * Integer.BYTES;
  private static final int LINEAGE_BYTES = Integer.BYTES + Long.BYTES + 1 + CodebookId.BYTES;
  private static final int FIXED_BYTES =
      HEADER_BYTES + FIXED_CONTENT_BYTES + LINEAGE_BYTES + Integer.BYTES;

  private CodebookBytes() {}

  /** Returns the canonical bytes of the content. */
  static byte[] contentBytes(Content content) {
    byte[] bytes = new byte[length(size(content) - FIXED_BYTES + FIXED_CONTENT_BYTES)];
    putContent(littleEndian(bytes), content);
    return bytes;
  }

  /** See {@link Codebook#idOf}. */
  static CodebookId idOf(byte[] bytes) throws IOException {
    requireLength(bytes);
    return CodebookId.hashOf(
        bytes, HEADER_BYTES, bytes.length - HEADER_BYTES - LINEAGE_BYTES - Integer.BYTES);
  }

  private static void requireLength(byte[] bytes) throws IOException {
    if (bytes.length < FIXED_BYTES) {
      throw new IOException(
          "codebook: expected at least " + FIXED_BYTES + " bytes, got: " + bytes.length);
    }
  }

  /** Returns the whole binary form. */
  static byte[] write(Content content, Lineage lineage) {
    byte[] bytes = new byte[length(size(content))];
    ByteBuffer out = littleEndian(bytes);
    out.putInt(MAGIC);
    out.putInt(content.subCodebooks().isPresent() ? VERSION_SUB_CODEBOOKS : VERSION_START);
    putContent(out, content);
    out.putInt(lineage.version()).putLong(lineage.population());
    out.put((byte) (lineage.parent().isPresent() ? 1 : 0));
    out.put(lineage.parent().map(CodebookId::bytes).orElse(new byte[CodebookId.BYTES]));
    out.putInt(checksum(bytes, out.position()));
    return bytes;
  }

  private static long size(Content content) {
    return size(
        content.centroids().rows(),
        content.centroids().dim(),
        content.subCodebooks().map(SubCodebooks::size).orElse(0));
  }

  /** Bytes of the whole binary form; {@code subSize} is 0 without sub-codebooks. */
  static long size(long nlist, int dim, int subSize) {
    long subBytes =
        subSize == 0
            ? 0
            : SUB_CODEBOOK_HEADER_BYTES + (long) Float.BYTES * subSize * Rotation.paddedDim(dim);
    return FIXED_BYTES + floatBytes(nlist, dim) + subBytes;
  }

  private static int length(long size) {
    if (size > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException("codebook must be below 2 GiB, got bytes: " + size);
    }
    return (int) size;
  }

  private static ByteBuffer littleEndian(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static long floatBytes(long nlist, long dim) {
    return Float.BYTES * (dim + nlist + nlist * dim);
  }

  private static void putContent(ByteBuffer out, Content content) {
    out.putInt(content.space().metric().wireId()).putInt(content.space().exponent());
    out.putInt(content.centroids().rows()).putInt(content.centroids().dim());
    out.putLong(content.rotationSeed()).putFloat(content.spillCost());
    putFloats(out, content.mean());
    putFloats(out, content.radii());
    putFloats(out, content.centroids().values());
    if (content.subCodebooks().isPresent()) {
      SubCodebooks books = content.subCodebooks().get();
      out.putInt(books.size()).putInt(books.subDim());
      putFloats(out, books.values());
    }
  }

  private static void putFloats(ByteBuffer out, float[] values) {
    out.asFloatBuffer().put(values);
    out.position(out.position() + values.length * Float.BYTES);
  }

  /** See {@link Codebook#fromBytes}. */
  static Codebook read(byte[] bytes) throws IOException {
    requireLength(bytes);
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int magic = in.getInt();
    if (magic != MAGIC) {
      throw new IOException("codebook: expected magic " + MAGIC + ", got: " + magic);
    }
    int version = in.getInt();
    if (version < VERSION_START || version > VERSION_SUB_CODEBOOKS) {
      throw new IOException(
          "codebook: expected version "
              + VERSION_START
              + " to "
              + VERSION_SUB_CODEBOOKS
              + ", got: "
              + version);
    }
    int end = bytes.length - Integer.BYTES;
    if (checksum(bytes, end) != in.getInt(end)) {
      throw new IOException("codebook: checksum does not fit the " + bytes.length + " bytes");
    }
    try {
      Content content = readContent(in, version);
      return new Codebook(content, readLineage(in));
    } catch (IllegalArgumentException e) {
      throw new IOException("codebook: " + e.getMessage(), e);
    }
  }

  private static Content readContent(ByteBuffer in, int version) throws IOException {
    Metric metric = Metric.fromWireId(in.getInt());
    VectorSpace space = new VectorSpace(metric, in.getInt());
    int nlist = in.getInt();
    int dim = in.getInt();
    long seed = in.getLong();
    float spillCost = in.getFloat();
    long floats = (in.capacity() - FIXED_BYTES) / (long) Float.BYTES;
    // Both are bounded by the float count first, so that nothing below can overflow.
    if (nlist < 1
        || dim < 1
        || nlist > floats
        || dim > floats
        || !fits(in, nlist, dim, version == VERSION_SUB_CODEBOOKS)) {
      throw new IOException(
          "codebook: nlist "
              + nlist
              + " and dim "
              + dim
              + " do not fit the "
              + in.capacity()
              + " bytes");
    }
    float[] mean = getFloats(in, dim);
    float[] radii = getFloats(in, nlist);
    FloatMatrix centroids = new FloatMatrix(getFloats(in, nlist * dim), nlist, dim);
    Optional<SubCodebooks> books = Optional.empty();
    if (version == VERSION_SUB_CODEBOOKS) {
      int size = in.getInt();
      int subDim = in.getInt();
      float[] values = getFloats(in, size * Rotation.paddedDim(dim));
      books = Optional.of(new SubCodebooks(size, subDim, values));
    }
    return new Content(space, centroids, radii, mean, seed, spillCost, books);
  }

  /** Whether the capacity is exactly that of a codebook of these sizes. */
  private static boolean fits(ByteBuffer in, int nlist, int dim, boolean withSubCodebooks) {
    if (!withSubCodebooks) {
      return size(nlist, dim, 0) == in.capacity();
    }
    long at = HEADER_BYTES + FIXED_CONTENT_BYTES + floatBytes(nlist, dim);
    if (at > in.capacity() - FIXED_BYTES + HEADER_BYTES + FIXED_CONTENT_BYTES) {
      return false;
    }
    int subSize = in.getInt((int) at);
    return subSize > 0 && subSize <= in.capacity() && size(nlist, dim, subSize) == in.capacity();
  }

  private static Lineage readLineage(ByteBuffer in) throws IOException {
    int version = in.getInt();
    long population = in.getLong();
    byte hasParent = in.get();
    if (hasParent != 0 && hasParent != 1) {
      throw new IOException("codebook: parent flag must be 0 or 1, got: " + hasParent);
    }
    byte[] parent = new byte[CodebookId.BYTES];
    in.get(parent);
    if (hasParent == 0 && !Arrays.equals(parent, new byte[CodebookId.BYTES])) {
      throw new IOException("codebook: parent without flag must be zeros");
    }
    return new Lineage(
        version,
        hasParent == 1 ? Optional.of(CodebookId.of(parent)) : Optional.empty(),
        population);
  }

  private static float[] getFloats(ByteBuffer in, int count) {
    float[] values = new float[count];
    in.asFloatBuffer().get(values);
    in.position(in.position() + count * Float.BYTES);
    return values;
  }

  private static int checksum(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }
}
