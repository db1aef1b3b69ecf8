// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.quantization;

import static io.github.luceneivf.kernel.VectorKernel.TILE;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.Metric;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Codes vectors as residuals to their centroid. Not thread-safe; one per pass over vectors. */
// With μ the mean, z = rot(c − μ), r = rot(x − c), and ρ the code that stands for r:
//
//   BIT1  ρ = s·v, v = ±½ the signs of r (0 counts as +), s = ‖r‖² / ⟨r, v⟩
//   BIT2, INT4  ρ = s·v, v on a grid of half-integers (GridCode), s = ‖r‖² / ⟨r, v⟩
//   PQ4, PQ8    ρ = s·v, v the centroids of sub-codebooks, s likewise (ProductCode)
//   INT8  ρ = e·u, u in [−127, 127], e = max|r| / 127
//
// the terms are such that base + t0 + t1·⟨rot(q − μ), v or u⟩ estimates the distance, with the
// residual's own parts exact:
//
//   squared distance  ‖q − c‖² + ‖r‖² − 2⟨q − c, ρ⟩:  t0 = ‖r‖² + 2⟨z, ρ⟩,     t1 = −2s or −2e
//   inner product     −⟨q, c⟩ − ⟨c, r⟩ − ⟨q − c, ρ⟩:  t0 = −(⟨c, r⟩ − ⟨z, ρ⟩), t1 = −s or −e
//
// s makes ⟨·, ρ⟩ unbiased over random rotations (Gao, Long: RaBitQ, SIGMOD 2024, theorem 3.2; there
// the query is quantized per list, here once about μ). Sums are double and in a fixed order, so
// that a record depends on vector and codebook alone, not on the kernel of the process.
public final class VectorCoder {

  private static final VarHandle FLOATS =
      MethodHandles.byteArrayViewVarHandle(float[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  /** Terms stay below this, so that estimates of any query in the space are finite. */
  private static final double MAX_TERM = 0x1p120;

  private final Encoding encoding;
  private final Metric metric;
  private final Rotation rotation;
  private final FloatMatrix centroids;
  private final int dim;
  private final int padded;
  private final float[] offsets;
  private final ResidualTile tile;
  private final int[] oneList = new int[1];
  private final float[] residual;
  private final GridCode grid;
  private final @Nullable ProductCode product;

  // Sums over one residual, results of the passes below.
  private double energy;
  private double offsetDot;

  /**
   * Creates a coder.
   *
   * @param centroids [nlist × dim] in the codebook's space
   * @throws IllegalArgumentException if the quantizer has no sub-codebooks that the encoding needs
   */
  public VectorCoder(Encoding encoding, Quantizer quantizer, FloatMatrix centroids) {
    this.encoding = Objects.requireNonNull(encoding, "encoding");
    this.metric = quantizer.metric();
    this.rotation = quantizer.rotation();
    this.centroids = centroids;
    this.dim = centroids.dim();
    if (dim != quantizer.dim()) {
      throw new IllegalArgumentException(
          "centroids must have dimension " + quantizer.dim() + ", got: " + dim);
    }
    this.padded = Rotation.paddedDim(dim);
    this.tile = new ResidualTile(rotation);
    this.residual = new float[padded];
    this.grid = new GridCode(padded);
    this.product =
        encoding.subCodebookSize() == 0 ? null : new ProductCode(quantizer.subCodebooks(encoding));
    this.offsets = encoding.terms() == 0 ? new float[0] : rotatedOffsets(quantizer.mean());
  }

  /** Returns the memory that a coder of such a codebook takes, in bytes. */
  public static long memoryBytes(Encoding encoding, int nlist, int dim) {
    long padded = Rotation.paddedDim(dim);
    long offsets = encoding.terms() == 0 ? 0 : nlist * padded;
    long tiles = 4L * TILE * padded;
    long panels = 2L * encoding.subCodebookSize() * padded;
    return Float.BYTES * (offsets + tiles + panels);
  }

  /** rot(c − μ) of all centroids [nlist × padded]. */
  private float[] rotatedOffsets(float[] mean) {
    float[] rotated = new float[Math.multiplyExact(centroids.rows(), padded)];
    float[] diff = new float[dim];
    float[] scratch = new float[padded];
    for (int list = 0; list < centroids.rows(); list++) {
      for (int d = 0; d < dim; d++) {
        diff[d] = centroids.values()[list * dim + d] - mean[d];
      }
      rotation.rotate(diff, 0, rotated, list * padded, scratch);
    }
    return rotated;
  }

  /**
   * Codes one vector; many are faster together.
   *
   * @param x [dim] from {@code offset}, in the codebook's space
   * @param list number of its centroid
   * @param record receives {@code encoding.recordBytes(dim)} bytes from {@code recordOffset}
   */
  public void encode(float[] x, int offset, int list, byte[] record, int recordOffset) {
    oneList[0] = list;
    encode(x, offset, 1, oneList, 0, record, recordOffset);
  }

  /**
   * Codes some vectors. The record of each depends on nothing but itself and the codebook.
   *
   * @param x [count × dim], row-major, from {@code offset}, in the codebook's space
   * @param lists [count] numbers of their centroids, from {@code listsFrom}
   * @param records receives [count × {@code encoding.recordBytes(dim)}] bytes from {@code
   *     recordOffset}
   */
  public void encode(
      float[] x,
      int offset,
      int count,
      int[] lists,
      int listsFrom,
      byte[] records,
      int recordOffset) {
    int recordBytes = encoding.recordBytes(dim);
    for (int i = listsFrom; i < listsFrom + count; i++) {
      Objects.checkIndex(lists[i], centroids.rows());
    }
    if (encoding instanceof Encoding.Float32) {
      for (int i = 0; i < count * dim; i++) {
        FLOATS.set(records, recordOffset + i * Float.BYTES, x[offset + i]);
      }
      return;
    }
    for (int first = 0; first < count; first += TILE) {
      int here = Math.min(TILE, count - first);
      int xFrom = offset + first * dim;
      tile.load(x, xFrom, here, lists, listsFrom + first, centroids.values());
      if (encoding instanceof Encoding.Bit1) {
        tile.findSigns(here, lists, listsFrom + first, offsets);
      }
      for (int j = 0; j < here; j++) {
        int list = lists[listsFrom + first + j];
        double centroidDot = centroidDot(x, xFrom + j * dim, list * dim);
        finish(j, list, centroidDot, records, recordOffset + (first + j) * recordBytes);
      }
    }
  }

  /** ⟨c, x − c⟩ where the metric needs it. */
  private double centroidDot(float[] x, int offset, int at) {
    double dot = 0;
    if (metric == Metric.INNER_PRODUCT) {
      float[] c = centroids.values();
      for (int d = 0; d < dim; d++) {
        dot += (double) c[at + d] * (x[offset + d] - c[at + d]);
      }
    }
    return dot;
  }

  /** Writes the record of vector j of the tile. */
  private void finish(int j, int list, double centroidDot, byte[] record, int at) {
    int termsAt = at + encoding.codeBytes(dim);
    if (encoding instanceof Encoding.Bit1) {
      for (int w = 0; w < padded / Integer.SIZE; w++) {
        INTS.set(record, at + w * Integer.BYTES, tile.word(w, j));
      }
      energy = tile.energy(j);
      offsetDot = tile.offsetDot(j) / 2;
      writeTerms(energy / (tile.signDot(j) / 2), centroidDot, record, termsAt);
      return;
    }
    tile.residual(j, residual);
    switch (encoding) {
      case Encoding.Int8 _ -> {
        double scale = encodeBytes(list * padded, record, at);
        writeTerms(scale, centroidDot, record, termsAt);
      }
      case Encoding.Bit2 _ -> {
        grid.encode2(residual, offsets, list * padded, record, at);
        writeGridTerms(centroidDot, record, termsAt);
      }
      case Encoding.Int4 _ -> {
        grid.encode4(residual, offsets, list * padded, record, at);
        writeGridTerms(centroidDot, record, termsAt);
      }
      case Encoding.Pq4 _, Encoding.Pq8 _ -> {
        ProductCode code = Objects.requireNonNull(product);
        code.encode(residual, offsets, list * padded, record, at);
        energy = code.energy();
        offsetDot = code.offsetDot();
        writeTerms(code.scale(), centroidDot, record, termsAt);
      }
      default -> throw new AssertionError(encoding);
    }
  }

  /** Writes the bytes and returns their scale; leaves ‖r‖² and ⟨z, u⟩. */
  private double encodeBytes(int offsetsFrom, byte[] record, int at) {
    float max = 0;
    for (float value : residual) {
      max = Math.max(max, Math.abs(value));
    }
    float inverse = 127 / max;
    boolean usable = max > 0 && max <= Float.MAX_VALUE && inverse <= Float.MAX_VALUE;
    double norm = 0;
    double dot = 0;
    for (int i = 0; i < padded; i++) {
      float r = residual[i];
      int u = usable ? Math.clamp((long) Math.rint(r * inverse), -127, 127) : 0;
      record[at + i] = (byte) u;
      norm += (double) r * r;
      dot += (double) u * offsets[offsetsFrom + i];
    }
    energy = norm;
    offsetDot = dot;
    return usable ? (double) max / 127 : 0;
  }

  private void writeGridTerms(double centroidDot, byte[] record, int at) {
    energy = grid.energy();
    offsetDot = grid.offsetDot();
    writeTerms(energy / grid.codeDot(), centroidDot, record, at);
  }

  private void writeTerms(double scale, double centroidDot, byte[] record, int at) {
    double s = Double.isFinite(scale) ? scale : 0;
    double t0 =
        metric == Metric.INNER_PRODUCT ? s * offsetDot - centroidDot : energy + 2 * s * offsetDot;
    double t1 = metric == Metric.INNER_PRODUCT ? -s : -2 * s;
    FLOATS.set(record, at, finite(t0));
    FLOATS.set(record, at + Float.BYTES, finite(t1));
  }

  private static float finite(double term) {
    return Double.isNaN(term) ? 0 : (float) Math.clamp(term, -MAX_TERM, MAX_TERM);
  }
}
