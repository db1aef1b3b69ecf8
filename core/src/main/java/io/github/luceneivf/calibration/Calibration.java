// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.calibration;

import java.io.IOException;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Recall by nprobe and by rerank depth, from queries whose true neighbours are known. Immutable.
 *
 * <p>How many lists hold the neighbours of a query depends on where it lies: among the vectors, few
 * do; far from all of them, many. That is told by its <i>remoteness</i>, the distance to its
 * nearest centroid, which a search knows before it scans. So there are bands of remoteness, and
 * curves for each.
 *
 * @param queries queries judged; 0 if there were too few vectors to judge
 * @param usual remoteness that three of four vectors, held out and asked as queries, stay below
 * @param bands at least one, ascending by remoteness
 */
// Between two bands settings are interpolated along their logarithms: over the width of a band they
// often double. Beyond the last band they go on as between the last two, but for one more such
// width at most; before the first they are those of the first.
public record Calibration(int queries, float usual, List<Band> bands) {

  /** Neighbours wanted that curves are measured for. */
  public static final List<Integer> MEASURED_K = List.of(1, 10, 100, 1000);

  /** Candidates reranked for each neighbour wanted where nothing is known. */
  private static final int UNKNOWN_DEPTH_FACTOR = 10;

  private static final int UNKNOWN_MIN_DEPTH = 100;

  /** Validates the components. */
  public Calibration {
    if (queries < 0) {
      throw new IllegalArgumentException("queries must be at least 0, got: " + queries);
    }
    if (!Float.isFinite(usual)) {
      throw new IllegalArgumentException("usual must be finite, got: " + usual);
    }
    bands = List.copyOf(bands);
    if (bands.isEmpty()) {
      throw new IllegalArgumentException("bands must be at least 1, got: 0");
    }
    float last = Float.NEGATIVE_INFINITY;
    for (Band band : bands) {
      if (!(band.remoteness > last)) {
        throw new IllegalArgumentException(
            "bands must ascend by remoteness, got: " + band.remoteness + " after " + last);
      }
      last = band.remoteness;
    }
  }

  /** Returns what to assume of a codebook of one list that nobody judged. */
  public static Calibration uncalibrated() {
    return uncalibrated(1);
  }

  /** Returns what to assume of a codebook that nobody judged: all its lists have to be probed. */
  public static Calibration uncalibrated(int nlist) {
    List<Point> all = List.of(new Point(nlist, 1));
    List<Curve> curves = MEASURED_K.stream().map(k -> new Curve(k, all, List.of())).toList();
    return new Calibration(0, 0, List.of(new Band(0, curves)));
  }

  /** Returns the largest k that was judged. */
  public int mostJudged() {
    return bands.getFirst().curves.getLast().k();
  }

  /**
   * Returns how many lists to probe so that recall@k reaches {@code target}, in [1, nlist], not
   * rounded; nlist if no setting does.
   *
   * @param k more than 0; below 1 where the vectors have become more than were judged
   * @param target recall, in [0, 1]
   * @param remoteness of the query, finite
   */
  public double nprobe(double k, double target, float remoteness) {
    double lists = atRemoteness(remoteness, curves -> CurveSet.nprobe(curves, k, target));
    return Math.clamp(lists, 1, CurveSet.nlist(bands.getFirst().curves));
  }

  /** Returns how many lists to probe for a query of usual remoteness, as {@link #nprobe} does. */
  public double nprobe(double k, double target) {
    return nprobe(k, target, usual);
  }

  /**
   * Returns how many candidates to rerank so that recall@k reaches {@code target}, at least k, not
   * rounded.
   *
   * @param k more than 0
   * @param target recall, in [0, 1]
   * @param remoteness of the query, finite
   */
  public double depth(double k, double target, float remoteness) {
    if (queries == 0) {
      return Math.max(UNKNOWN_DEPTH_FACTOR * k, UNKNOWN_MIN_DEPTH);
    }
    return Math.max(k, atRemoteness(remoteness, curves -> CurveSet.depth(curves, k, target)));
  }

  /** Returns how many candidates to rerank for a query of usual remoteness. */
  public double depth(double k, double target) {
    return depth(k, target, usual);
  }

  /**
   * Returns the estimated recall@k when {@code nprobe} lists are probed and enough is reranked.
   *
   * @param k more than 0
   * @param nprobe at least 0, need not be whole
   * @param remoteness of the query, finite
   */
  public double recall(double k, double nprobe, float remoteness) {
    int above = above(remoteness);
    double upper = CurveSet.recall(bands.get(Math.min(above, bands.size() - 1)).curves, k, nprobe);
    if (above == 0 || above == bands.size()) {
      return upper;
    }
    double lower = CurveSet.recall(bands.get(above - 1).curves, k, nprobe);
    return lower + share(above, remoteness) * (upper - lower);
  }

  private double atRemoteness(float remoteness, ToDoubleFunction<List<Curve>> setting) {
    int above = Math.clamp(above(remoteness), Math.min(1, bands.size() - 1), bands.size() - 1);
    double upper = setting.applyAsDouble(bands.get(above).curves);
    if (above == 0) {
      return upper;
    }
    double lower = setting.applyAsDouble(bands.get(above - 1).curves);
    double share = Math.clamp(share(above, remoteness), 0, 2);
    return share > 1 && upper < lower ? upper : lower * Math.pow(upper / lower, share);
  }

  /** Returns the first band that is not below a remoteness; the number of bands if none is. */
  private int above(float remoteness) {
    int above = 0;
    while (above < bands.size() && bands.get(above).remoteness < remoteness) {
      above++;
    }
    return above;
  }

  /** Where a remoteness lies between the band before {@code above} (0) and that one (1). */
  private double share(int above, float remoteness) {
    double lower = bands.get(above - 1).remoteness;
    return (remoteness - lower) / (bands.get(above).remoteness - lower);
  }

  /** Returns the binary form, which {@link #fromBytes} reads. */
  public byte[] toBytes() {
    return CalibrationBytes.write(this);
  }

  /**
   * Reads the binary form.
   *
   * @throws IOException if the bytes are not exactly one calibration, or values are out of range;
   *     nothing is allocated beyond the input's length. There is no checksum.
   */
  public static Calibration fromBytes(byte[] bytes) throws IOException {
    return CalibrationBytes.read(bytes);
  }

  /**
   * Recall of queries of some remoteness.
   *
   * @param remoteness distance to the nearest centroid in the codebook's space, finite; for inner
   *     products less the more similar: the negative product, over the length of the query
   * @param curves at least one, ascending by k
   */
  public record Band(float remoteness, List<Curve> curves) {
    /** Validates the components. */
    public Band {
      if (!Float.isFinite(remoteness)) {
        throw new IllegalArgumentException("remoteness must be finite, got: " + remoteness);
      }
      curves = List.copyOf(curves);
      if (curves.isEmpty()) {
        throw new IllegalArgumentException("curves must be at least 1, got: 0");
      }
      int last = 0;
      for (Curve curve : curves) {
        if (curve.k <= last) {
          throw new IllegalArgumentException("curves must ascend by k, got: " + curve.k);
        }
        last = curve.k;
      }
    }
  }

  /**
   * Recall@k at some settings.
   *
   * @param k neighbours wanted, at least 1
   * @param byProbe share of true neighbours whose list is among the nearest {@code setting} lists;
   *     at least one point, the last one at nlist
   * @param byDepth share of true neighbours that are among the best {@code setting} approximate
   *     distances; empty if these are exact
   */
  public record Curve(int k, List<Point> byProbe, List<Point> byDepth) {
    /** Validates the components. */
    public Curve {
      if (k < 1) {
        throw new IllegalArgumentException("k must be at least 1, got: " + k);
      }
      byProbe = List.copyOf(byProbe);
      byDepth = List.copyOf(byDepth);
      if (byProbe.isEmpty()) {
        throw new IllegalArgumentException("byProbe must have at least 1 point, got: 0");
      }
      requireAscending("byProbe", byProbe);
      requireAscending("byDepth", byDepth);
    }

    private static void requireAscending(String name, List<Point> points) {
      int last = 0;
      for (Point point : points) {
        if (point.setting() <= last) {
          throw new IllegalArgumentException(
              name + " must ascend by setting, got: " + point.setting + " after " + last);
        }
        last = point.setting;
      }
    }
  }

  /**
   * One point of a curve; points ascend by setting.
   *
   * @param setting lists probed or candidates reranked, at least 1
   * @param recall in [0, 1]
   */
  public record Point(int setting, float recall) {
    /** Validates the components. */
    public Point {
      if (!(recall >= 0 && recall <= 1)) {
        throw new IllegalArgumentException("recall must be in [0, 1], got: " + recall);
      }
    }
  }
}
