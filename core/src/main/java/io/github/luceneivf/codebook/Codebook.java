// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codebook;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.clustering.VectorSpace;
import io.github.luceneivf.quantization.Encoding;
import io.github.luceneivf.quantization.Quantizer;
import io.github.luceneivf.quantization.Rotation;
import io.github.luceneivf.quantization.SubCodebooks;
import java.io.IOException;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The centroids that posting lists belong to, and the parameters of the codes in them. Immutable,
 * thread-safe. Its identity is the {@linkplain #id() hash of its content}; version, parent and
 * population are lineage and do not count.
 */
public final class Codebook {

  /** Rotation of codebooks of one list, which no training gives a seed. */
  private static final long ONE_LIST_SEED = 0x6c7563656e65L;

  /** Objects and headers of arrays of one codebook, generously. */
  private static final int OBJECT_BYTES = 1 << 10;

  private final Content content;
  private final Lineage lineage;
  private final CodebookId id;
  private final Quantizer quantizer;
  private volatile @Nullable SecondLists secondLists;

  /**
   * Creates a codebook.
   *
   * @throws IllegalArgumentException if the parts do not fit each other or are not finite
   */
  public Codebook(Content content, Lineage lineage) {
    this.content = Objects.requireNonNull(content, "content");
    this.lineage = Objects.requireNonNull(lineage, "lineage");
    this.id = CodebookId.hashOf(CodebookBytes.contentBytes(content));
    this.quantizer =
        new Quantizer(
            content.space.metric(),
            content.mean,
            new Rotation(content.rotationSeed, content.centroids.dim()),
            content.subCodebooks.orElse(null));
  }

  /**
   * Returns a codebook of one list about the mean of some vectors.
   *
   * @param mean [dim] in {@code space}, copied
   */
  public static Codebook oneList(VectorSpace space, float[] mean, long population) {
    float[] copy = mean.clone();
    FloatMatrix centroids = new FloatMatrix(copy, 1, copy.length);
    return new Codebook(
        new Content(space, centroids, new float[1], copy, ONE_LIST_SEED),
        new Lineage(1, Optional.empty(), population));
  }

  /** Returns the content hash. */
  public CodebookId id() {
    return id;
  }

  /** Returns the lineage. */
  public Lineage lineage() {
    return lineage;
  }

  /** Returns the metric. */
  public Metric metric() {
    return space().metric();
  }

  /** Returns the space in which centroids and codes live. */
  public VectorSpace space() {
    return content.space;
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
    return content.centroids;
  }

  /** Returns the largest residual norm of each list in the training assignment [nlist], shared. */
  public float[] radii() {
    return content.radii;
  }

  /** Returns whether vectors may be in a second list as well. */
  public boolean spills() {
    return content.spillCost > 0 && nlist() > 1;
  }

  /** Returns the cost below which a vector is in its second list as well. */
  float spillCost() {
    return content.spillCost;
  }

  /** Returns this codebook with another cost of spilling. */
  Codebook withSpillCost(float cost) {
    Codebook other = new Codebook(content.withSpillCost(cost), lineage);
    other.secondLists = secondLists; // those of the same centroids
    return other;
  }

  /** Returns the memory for each list of what finds second lists, in bytes. */
  public static long secondListBytes(int nlist, int dim) {
    return SecondLists.memoryBytesPerList(nlist, dim);
  }

  /** Returns what finds second lists; each thread wants a fork. */
  SecondLists secondLists() {
    SecondLists found = secondLists;
    if (found == null) {
      found = SecondLists.of(centroids()); // the same whoever makes it
      secondLists = found;
    }
    return found;
  }

  /** Returns whether vectors can be coded with an encoding: most need no sub-codebooks. */
  public boolean supports(Encoding encoding) {
    return encoding.subCodebookSize() == 0
        || content.subCodebooks.map(books -> books.fit(encoding)).orElse(false);
  }

  /** Returns what all codes share. */
  public Quantizer quantizer() {
    return quantizer;
  }

  /**
   * Returns the memory that this takes, in bytes: centroids, sub-codebooks as they are and
   * transposed, the rotation's tables, what finds second lists.
   */
  public long memoryBytes() {
    long floats = (long) nlist() * dim() + nlist() + 2L * dim();
    long sub = content.subCodebooks.map(books -> (long) books.values().length).orElse(0L);
    long second = spills() ? SecondLists.memoryBytes(nlist(), dim()) : 0;
    return OBJECT_BYTES + Float.BYTES * (floats + 2 * sub) + Rotation.memoryBytes(dim()) + second;
  }

  /**
   * Returns the most memory that it takes to read a codebook, the codebook included, in bytes: its
   * binary form, its parts, the sub-codebooks once more, and what the hash is of.
   *
   * @param bytes length of the binary form
   */
  public static long readingBytes(long bytes, int dim) {
    return OBJECT_BYTES + 4 * bytes + Rotation.memoryBytes(dim);
  }

  /** Returns the binary form: magic, version, content, lineage, CRC-32C; little-endian. */
  public byte[] toBytes() {
    return CodebookBytes.write(content, lineage);
  }

  /**
   * Returns the most bytes that the binary form of a codebook of so many lists and dimensions can
   * have, for an encoding: whoever receives one from elsewhere allocates no more.
   */
  public static long maxBytes(int nlist, int dim, Encoding encoding) {
    return CodebookBytes.size(nlist, dim, encoding.subCodebookSize());
  }

  /**
   * Reads the binary form.
   *
   * @throws IOException if the bytes are not exactly one intact codebook: wrong magic, version,
   *     length or checksum, or values out of range. Nothing is allocated beyond the input's length.
   */
  public static Codebook fromBytes(byte[] bytes) throws IOException {
    return CodebookBytes.read(bytes);
  }

  /**
   * Returns the content hash that the binary form of a codebook has, without reading the rest of
   * it: whoever keeps codebooks by their ids can tell that some bytes are those of another one.
   *
   * @throws IOException if the bytes are too few for any codebook
   */
  public static CodebookId idOf(byte[] bytes) throws IOException {
    return CodebookBytes.idOf(bytes);
  }

  /**
   * What codes depend on. Arrays are shared and not to be modified.
   *
   * @param space space of centroids and codes
   * @param centroids [nlist × dim], neighbouring lists near each other
   * @param radii [nlist] largest residual norm of each list in the training assignment
   * @param mean [dim] global mean of the training vectors
   * @param rotationSeed seed of the rotation
   * @param spillCost vectors that a second list serves at less than this, relative to the energy of
   *     their residual, are in it as well ({@link SecondLists}); 0 for none, +∞ for all
   * @param subCodebooks of rotated residuals, where trained for an encoding that needs them
   */
  @SuppressWarnings("ArrayRecordComponent") // shared on purpose, see above
  public record Content(
      VectorSpace space,
      FloatMatrix centroids,
      float[] radii,
      float[] mean,
      long rotationSeed,
      float spillCost,
      Optional<SubCodebooks> subCodebooks) {

    /** Creates content without second lists and sub-codebooks. */
    public Content(
        VectorSpace space, FloatMatrix centroids, float[] radii, float[] mean, long rotationSeed) {
      this(space, centroids, radii, mean, rotationSeed, 0, Optional.empty());
    }

    /** Creates content without second lists. */
    public Content(
        VectorSpace space,
        FloatMatrix centroids,
        float[] radii,
        float[] mean,
        long rotationSeed,
        Optional<SubCodebooks> subCodebooks) {
      this(space, centroids, radii, mean, rotationSeed, 0, subCodebooks);
    }

    /** Returns content of another cost of spilling. */
    Content withSpillCost(float other) {
      return new Content(space, centroids, radii, mean, rotationSeed, other, subCodebooks);
    }

    /** Validates the components. */
    public Content {
      Objects.requireNonNull(space, "space");
      int nlist = centroids.rows();
      int dim = centroids.dim();
      if (nlist < 1) {
        throw new IllegalArgumentException("nlist must be at least 1, got: " + nlist);
      }
      if (radii.length != nlist) {
        throw new IllegalArgumentException(
            "radii must have nlist = " + nlist + " values, got: " + radii.length);
      }
      if (mean.length != dim) {
        throw new IllegalArgumentException(
            "mean must have dim = " + dim + " values, got: " + mean.length);
      }
      if (!(spillCost >= 0)) {
        throw new IllegalArgumentException("spillCost must be at least 0, got: " + spillCost);
      }
      requireFinite("centroids", centroids.values());
      requireFinite("mean", mean);
      requireFinite("radii", radii);
      int padded = Rotation.paddedDim(dim);
      if (subCodebooks.isPresent() && subCodebooks.get().dim() != padded) {
        throw new IllegalArgumentException(
            "sub-codebooks must have " + padded + " components, got: " + subCodebooks.get().dim());
      }
      for (float radius : radii) {
        if (radius < 0) {
          throw new IllegalArgumentException("radii must be at least 0, got: " + radius);
        }
      }
    }

    private static void requireFinite(String name, float[] values) {
      for (int i = 0; i < values.length; i++) {
        if (!Float.isFinite(values[i])) {
          throw new IllegalArgumentException(
              name + " must be finite, got: " + values[i] + " at index " + i);
        }
      }
    }
  }

  /**
   * Where a codebook comes from.
   *
   * @param version 1 for the first of a field
   * @param parent the one it replaced
   * @param population vectors that its sample stood for
   */
  public record Lineage(int version, Optional<CodebookId> parent, long population) {
    /** Validates the components. */
    public Lineage {
      Objects.requireNonNull(parent, "parent");
      if (version < 1) {
        throw new IllegalArgumentException("version must be at least 1, got: " + version);
      }
      if (population < 1) {
        throw new IllegalArgumentException("population must be at least 1, got: " + population);
      }
    }
  }
}
