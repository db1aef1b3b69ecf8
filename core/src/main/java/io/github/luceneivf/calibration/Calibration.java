// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.calibration;

import java.io.IOException;
import java.util.List;

/**
 * Recall by nprobe and by rerank depth, from queries that were held out or given. Immutable.
 *
 * @param queries queries judged; 0 if there were too few vectors to judge
 * @param curves one per k, ascending by k
 */
// Between the points of a curve settings are interpolated linearly and rounded up. A k between two
// curves takes the upper one, which is the safe side: farther neighbours lie in farther lists. A k
// above all curves extrapolates: the depth grows like k; nprobe grows from the last curve by the
// power of k that it grew by between the last two, at most linearly.
public record Calibration(int queries, List<Curve> curves) {

  /** Neighbours wanted that curves are measured for. */
  public static final List<Integer> MEASURED_K = List.of(1, 10, 100);

  /** Candidates reranked for each neighbour wanted where nothing is known. */
  private static final int UNKNOWN_DEPTH_FACTOR = 10;

  private static final int UNKNOWN_MIN_DEPTH = 100;

  /** Validates the components. */
  public Calibration {
    if (queries < 0) {
      throw new IllegalArgumentException("queries must be at least 0, got: " + queries);
    }
    curves = List.copyOf(curves);
    int last = 0;
    for (Curve curve : curves) {
      if (curve.k <= last) {
        throw new IllegalArgumentException("curves must ascend by k, got: " + curve.k);
      }
      last = curve.k;
    }
  }

  /** Returns what to assume of a codebook of one list that nobody judged. */
  public static Calibration uncalibrated() {
    return uncalibrated(1);
  }

  /** Returns what to assume of a codebook that nobody judged: all its lists have to be probed. */
  public static Calibration uncalibrated(int nlist) {
    List<Point> all = List.of(new Point(nlist, 1));
    return new Calibration(0, MEASURED_K.stream().map(k -> new Curve(k, all, List.of())).toList());
  }

  /**
   * Returns the fewest lists to probe so that recall@k reaches {@code target}, in [1, nlist]; nlist
   * if no setting does. {@link Integer#MAX_VALUE} without any curve.
   */
  public int nprobe(int k, double target) {
    if (curves.isEmpty()) {
      return Integer.MAX_VALUE;
    }
    Curve curve = curveFor(k);
    double lists = setting(curve.byProbe, target);
    if (k > curve.k) {
      lists *= Math.pow((double) k / curve.k, growth(target));
    }
    return (int) Math.clamp((long) Math.ceil(lists), 1, last(curve.byProbe).setting);
  }

  /**
   * Returns the fewest candidates to rerank so that recall@k reaches {@code target}, at least k.
   */
  public int depth(int k, double target) {
    if (queries == 0 || curves.isEmpty()) {
      long unknown = Math.max((long) UNKNOWN_DEPTH_FACTOR * k, UNKNOWN_MIN_DEPTH);
      return (int) Math.min(unknown, Integer.MAX_VALUE);
    }
    Curve curve = curveFor(k);
    double depth = curve.byDepth.isEmpty() ? k : setting(curve.byDepth, target);
    if (k > curve.k) {
      depth *= (double) k / curve.k;
    }
    return (int) Math.clamp((long) Math.ceil(depth), k, Integer.MAX_VALUE);
  }

  /** Returns the estimated recall@k when {@code nprobe} lists are probed and enough is reranked. */
  public double recall(int k, int nprobe) {
    if (curves.isEmpty()) {
      return 0;
    }
    List<Point> points = curveFor(k).byProbe;
    Point below = new Point(0, 0);
    for (Point point : points) {
      if (nprobe < point.setting) {
        double part = (double) (nprobe - below.setting) / (point.setting - below.setting);
        return below.recall + Math.max(part, 0) * (point.recall - below.recall);
      }
      below = point;
    }
    return below.recall;
  }

  /**
   * Returns what holds for the queries of both calibrations: at each setting the lower recall of
   * the two, and so for each recall the larger setting.
   *
   * @throws IllegalArgumentException if they were not measured for the same k
   */
  public Calibration harderOf(Calibration other) {
    return new Calibration(queries + other.queries, HarderCurves.of(curves, other.curves));
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

  private Curve curveFor(int k) {
    if (k < 1) {
      throw new IllegalArgumentException("k must be at least 1, got: " + k);
    }
    for (Curve curve : curves) {
      if (curve.k >= k) {
        return curve;
      }
    }
    return curves.getLast();
  }

  /** The power of k by which nprobe grew between the last two curves, in [0, 1]. */
  private double growth(double target) {
    if (curves.size() < 2) {
      return 1;
    }
    Curve upper = curves.getLast();
    Curve lower = curves.get(curves.size() - 2);
    double ratio = setting(upper.byProbe, target) / setting(lower.byProbe, target);
    return Math.clamp(Math.log(ratio) / Math.log((double) upper.k / lower.k), 0, 1);
  }

  private static double setting(List<Point> points, double target) {
    Point below = points.getFirst();
    for (Point point : points) {
      if (point.recall >= target) {
        double rise = (double) point.recall - below.recall;
        double part = rise > 0 ? (target - below.recall) / rise : 1;
        return below.setting + part * (point.setting - below.setting);
      }
      below = point;
    }
    return below.setting;
  }

  private static Point last(List<Point> points) {
    return points.getLast();
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
        if (point.setting <= last) {
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
