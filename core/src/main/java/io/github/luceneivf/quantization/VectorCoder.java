package io.github.luceneivf.quantization;

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
  private final float[] diff;
  private final float[] residual;
  private final float[] scratch;
  private final GridCode grid;
  private final @Nullable ProductCode product;

  // Sums over one residual, results of the passes below.
  private double energy;
  private double codeDot;
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
    this.diff = new float[dim];
    this.residual = new float[padded];
    this.scratch = new float[padded];
    this.grid = new GridCode(padded);
    this.product =
        encoding.subCodebookSize() == 0 ? null : new ProductCode(quantizer.subCodebooks(encoding));
    this.offsets = encoding.terms() == 0 ? new float[0] : rotatedOffsets(quantizer.mean());
  }

  /** rot(c − μ) of all centroids [nlist × padded]. */
  private float[] rotatedOffsets(float[] mean) {
    float[] rotated = new float[Math.multiplyExact(centroids.rows(), padded)];
    for (int list = 0; list < centroids.rows(); list++) {
      for (int d = 0; d < dim; d++) {
        diff[d] = centroids.values()[list * dim + d] - mean[d];
      }
      rotation.rotate(diff, 0, rotated, list * padded, scratch);
    }
    return rotated;
  }

  /**
   * Codes one vector.
   *
   * @param x [dim] from {@code offset}, in the codebook's space
   * @param list number of its centroid
   * @param record receives {@code encoding.recordBytes(dim)} bytes from {@code recordOffset}
   */
  public void encode(float[] x, int offset, int list, byte[] record, int recordOffset) {
    Objects.checkIndex(list, centroids.rows());
    switch (encoding) {
      case Encoding.Float32 _ -> {
        for (int d = 0; d < dim; d++) {
          FLOATS.set(record, recordOffset + d * Float.BYTES, x[offset + d]);
        }
      }
      case Encoding.Int8 _ -> {
        double centroidDot = rotateResidual(x, offset, list);
        double scale = encodeBytes(list * padded, record, recordOffset);
        writeTerms(scale, centroidDot, record, recordOffset + padded);
      }
      case Encoding.Bit1 _ -> {
        double centroidDot = rotateResidual(x, offset, list);
        encodeBits(list * padded, record, recordOffset);
        double scale = energy / codeDot;
        writeTerms(scale, centroidDot, record, recordOffset + padded / Byte.SIZE);
      }
      case Encoding.Bit2 _ -> {
        double centroidDot = rotateResidual(x, offset, list);
        grid.encode2(residual, offsets, list * padded, record, recordOffset);
        writeGridTerms(centroidDot, record, recordOffset + padded / 4);
      }
      case Encoding.Int4 _ -> {
        double centroidDot = rotateResidual(x, offset, list);
        grid.encode4(residual, offsets, list * padded, record, recordOffset);
        writeGridTerms(centroidDot, record, recordOffset + padded / 2);
      }
      case Encoding.Pq4 _, Encoding.Pq8 _ -> encodeProduct(x, offset, list, record, recordOffset);
    }
  }

  /** Computes the rotated residual and returns ⟨c, x − c⟩ where the metric needs it. */
  private double rotateResidual(float[] x, int offset, int list) {
    float[] c = centroids.values();
    int at = list * dim;
    for (int d = 0; d < dim; d++) {
      diff[d] = x[offset + d] - c[at + d];
    }
    rotation.rotate(diff, 0, residual, 0, scratch);
    double dot = 0;
    if (metric == Metric.INNER_PRODUCT) {
      for (int d = 0; d < dim; d++) {
        dot += (double) c[at + d] * diff[d];
      }
    }
    return dot;
  }

  /** Writes the signs; leaves ‖r‖², ⟨r, v⟩ and ⟨z, v⟩. Free of branches: signs are random. */
  private void encodeBits(int offsetsFrom, byte[] record, int at) {
    double e0 = 0;
    double e1 = 0;
    double r0 = 0;
    double r1 = 0;
    double z0 = 0;
    double z1 = 0;
    for (int word = 0; word < padded; word += Integer.SIZE) {
      int code = 0;
      for (int i = 0; i < Integer.SIZE; i += 2) {
        // Adding +0 turns −0 into +0, which counts as positive.
        float a = residual[word + i] + 0.0f;
        float b = residual[word + i + 1] + 0.0f;
        int aSign = Float.floatToRawIntBits(a) & 0x80000000;
        int bSign = Float.floatToRawIntBits(b) & 0x80000000;
        code |= (aSign >>> 31) << i | (bSign >>> 31) << (i + 1);
        e0 += (double) a * a;
        e1 += (double) b * b;
        r0 += Math.abs(a);
        r1 += Math.abs(b);
        z0 += flip(offsets[offsetsFrom + word + i], aSign);
        z1 += flip(offsets[offsetsFrom + word + i + 1], bSign);
      }
      INTS.set(record, at + word / Byte.SIZE, ~code);
    }
    energy = e0 + e1;
    codeDot = (r0 + r1) / 2;
    offsetDot = (z0 + z1) / 2;
  }

  private static float flip(float value, int sign) {
    return Float.intBitsToFloat(Float.floatToRawIntBits(value) ^ sign);
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

  private void encodeProduct(float[] x, int offset, int list, byte[] record, int recordOffset) {
    ProductCode code = Objects.requireNonNull(product);
    double centroidDot = rotateResidual(x, offset, list);
    code.encode(residual, offsets, list * padded, record, recordOffset);
    energy = code.energy();
    offsetDot = code.offsetDot();
    writeTerms(code.scale(), centroidDot, record, recordOffset + encoding.codeBytes(dim));
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
