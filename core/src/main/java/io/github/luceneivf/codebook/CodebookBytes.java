package io.github.luceneivf.codebook;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.clustering.VectorSpace;
import io.github.luceneivf.codebook.Codebook.Content;
import io.github.luceneivf.codebook.Codebook.Lineage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The binary form of a codebook, little-endian, in this order:
 *
 * <ul>
 *   <li><b>[int]</b> magic, <b>[int]</b> version of this form
 *   <li>content, which the {@link CodebookId} is the hash of: <b>[int]</b> metric's wire id,
 *       <b>[int]</b> exponent of the space, <b>[int]</b> nlist, <b>[int]</b> dim, <b>[long]</b>
 *       rotation seed, <b>[float × dim]</b> mean, <b>[float × nlist]</b> radii, <b>[float × nlist ×
 *       dim]</b> centroids, row-major
 *   <li>lineage: <b>[int]</b> version, <b>[long]</b> population, <b>[byte]</b> 1 if there is a
 *       parent, else 0, <b>[byte × 32]</b> parent's id, or zeros
 *   <li><b>[int]</b> CRC-32C of everything before
 * </ul>
 */
final class CodebookBytes {

  private static final int MAGIC = 0x43465649; // "IVFC"
  private static final int VERSION = 1;
  private static final int HEADER_BYTES = 2 * Integer.BYTES;
  private static final int FIXED_CONTENT_BYTES = 4 * Integer.BYTES + Long.BYTES;
  private static final int LINEAGE_BYTES = Integer.BYTES + Long.BYTES + 1 + CodebookId.BYTES;
  private static final int FIXED_BYTES =
      HEADER_BYTES + FIXED_CONTENT_BYTES + LINEAGE_BYTES + Integer.BYTES;

  private CodebookBytes() {}

  /** Returns the canonical bytes of the content. */
  static byte[] contentBytes(Content content) {
    long size = FIXED_CONTENT_BYTES + floatBytes(content.centroids().rows(), content.mean().length);
    byte[] bytes = new byte[length(size)];
    putContent(littleEndian(bytes), content);
    return bytes;
  }

  /** Returns the whole binary form. */
  static byte[] write(Content content, Lineage lineage) {
    long size = FIXED_BYTES + floatBytes(content.centroids().rows(), content.mean().length);
    byte[] bytes = new byte[length(size)];
    ByteBuffer out = littleEndian(bytes);
    out.putInt(MAGIC).putInt(VERSION);
    putContent(out, content);
    out.putInt(lineage.version()).putLong(lineage.population());
    out.put((byte) (lineage.parent().isPresent() ? 1 : 0));
    out.put(lineage.parent().map(CodebookId::bytes).orElse(new byte[CodebookId.BYTES]));
    out.putInt(checksum(bytes, out.position()));
    return bytes;
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
    out.putLong(content.rotationSeed());
    putFloats(out, content.mean());
    putFloats(out, content.radii());
    putFloats(out, content.centroids().values());
  }

  private static void putFloats(ByteBuffer out, float[] values) {
    out.asFloatBuffer().put(values);
    out.position(out.position() + values.length * Float.BYTES);
  }

  /** See {@link Codebook#fromBytes}. */
  static Codebook read(byte[] bytes) throws IOException {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    if (bytes.length < FIXED_BYTES) {
      throw new IOException(
          "codebook: expected at least " + FIXED_BYTES + " bytes, got: " + bytes.length);
    }
    int magic = in.getInt();
    if (magic != MAGIC) {
      throw new IOException("codebook: expected magic " + MAGIC + ", got: " + magic);
    }
    int version = in.getInt();
    if (version != VERSION) {
      throw new IOException("codebook: expected version " + VERSION + ", got: " + version);
    }
    int end = bytes.length - Integer.BYTES;
    if (checksum(bytes, end) != in.getInt(end)) {
      throw new IOException("codebook: checksum does not fit the " + bytes.length + " bytes");
    }
    try {
      Content content = readContent(in);
      return new Codebook(content, readLineage(in));
    } catch (IllegalArgumentException e) {
      throw new IOException("codebook: " + e.getMessage(), e);
    }
  }

  private static Content readContent(ByteBuffer in) throws IOException {
    Metric metric = Metric.fromWireId(in.getInt());
    VectorSpace space = new VectorSpace(metric, in.getInt());
    int nlist = in.getInt();
    int dim = in.getInt();
    long seed = in.getLong();
    long floats = (in.capacity() - FIXED_BYTES) / (long) Float.BYTES;
    // Both are bounded by the float count first, so that nothing below can overflow.
    if (nlist < 1
        || dim < 1
        || nlist > floats
        || dim > floats
        || FIXED_BYTES + floatBytes(nlist, dim) != in.capacity()) {
      throw new IOException(
          ("codebook: nlist %d and dim %d do not fit the " + in.capacity() + " bytes")
              .formatted(nlist, dim));
    }
    float[] mean = getFloats(in, dim);
    float[] radii = getFloats(in, nlist);
    FloatMatrix centroids = new FloatMatrix(getFloats(in, nlist * dim), nlist, dim);
    return new Content(space, centroids, radii, mean, seed);
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
