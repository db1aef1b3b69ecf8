package io.github.luceneivf.codebook;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.clustering.VectorSpace;
import io.github.luceneivf.quantization.Quantizer;
import java.io.IOException;
import java.util.Optional;

/**
 * The centroids that posting lists belong to, and the parameters of the codes in them. Immutable,
 * thread-safe. Its identity is the {@linkplain #id() hash of its content}; version, parent and
 * population are lineage and do not count.
 */
public final class Codebook {

  /**
   * Creates a codebook.
   *
   * @throws IllegalArgumentException if the parts do not fit each other or are not finite
   */
  public Codebook(Content content, Lineage lineage) {
    throw new UnsupportedOperationException();
  }

  /** Returns a codebook of one list about the mean of some vectors. */
  public static Codebook oneList(VectorSpace space, float[] mean, long population) {
    throw new UnsupportedOperationException();
  }

  /** Returns the content hash. */
  public CodebookId id() {
    throw new UnsupportedOperationException();
  }

  /** Returns the lineage. */
  public Lineage lineage() {
    throw new UnsupportedOperationException();
  }

  /** Returns the metric. */
  public Metric metric() {
    return space().metric();
  }

  /** Returns the space in which centroids and codes live. */
  public VectorSpace space() {
    throw new UnsupportedOperationException();
  }

  /** Returns the number of lists. */
  public int nlist() {
    return centroids().rows();
  }

  /** Returns the dimension of vectors. */
  public int dim() {
    return centroids().dim();
  }

  /** Returns the centroids [nlist × dim] in {@link #space()}, shared. */
  public FloatMatrix centroids() {
    throw new UnsupportedOperationException();
  }

  /** Returns the largest residual norm of each list in the training assignment [nlist], shared. */
  public float[] radii() {
    throw new UnsupportedOperationException();
  }

  /** Returns what all codes share. */
  public Quantizer quantizer() {
    throw new UnsupportedOperationException();
  }

  /** Returns the binary form: magic, version, content, lineage, CRC-32C; little-endian. */
  public byte[] toBytes() {
    throw new UnsupportedOperationException();
  }

  /**
   * Reads the binary form.
   *
   * @throws IOException if the bytes are not exactly one intact codebook: wrong magic, version,
   *     length or checksum, or values out of range. Nothing is allocated beyond the input's length.
   */
  public static Codebook fromBytes(byte[] bytes) throws IOException {
    throw new UnsupportedOperationException();
  }

  /**
   * What codes depend on. Arrays are shared and not to be modified.
   *
   * @param space space of centroids and codes
   * @param centroids [nlist × dim], neighbouring lists near each other
   * @param radii [nlist] largest residual norm of each list in the training assignment
   * @param mean [dim] global mean of the training vectors
   * @param rotationSeed seed of the rotation
   */
  @SuppressWarnings("ArrayRecordComponent") // shared on purpose, see above
  public record Content(
      VectorSpace space, FloatMatrix centroids, float[] radii, float[] mean, long rotationSeed) {}

  /**
   * Where a codebook comes from.
   *
   * @param version 1 for the first of a field
   * @param parent the one it replaced
   * @param population vectors that its sample stood for
   */
  public record Lineage(int version, Optional<CodebookId> parent, long population) {}
}
