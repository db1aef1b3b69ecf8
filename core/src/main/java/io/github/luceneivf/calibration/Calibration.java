package io.github.luceneivf.calibration;

import java.util.List;

/**
 * Recall by nprobe and by rerank depth, from held-out queries. Immutable.
 *
 * @param queries held-out queries judged; 0 if there were too few vectors to judge
 * @param curves one per k, ascending by k
 */
public record Calibration(int queries, List<Curve> curves) {

  /** Validates the components. */
  public Calibration {
    curves = List.copyOf(curves);
  }

  /** Returns the fewest lists to probe so that recall@k reaches {@code target}, in [1, nlist]. */
  public int nprobe(int k, double target) {
    throw new UnsupportedOperationException();
  }

  /**
   * Returns the fewest candidates to rerank so that recall@k reaches {@code target}, at least k.
   */
  public int depth(int k, double target) {
    throw new UnsupportedOperationException();
  }

  /** Returns the estimated recall@k when {@code nprobe} lists are probed and enough is reranked. */
  public double recall(int k, int nprobe) {
    throw new UnsupportedOperationException();
  }

  /**
   * Recall@k at some settings.
   *
   * @param k neighbours wanted
   * @param byProbe share of true neighbours whose list is among the nearest {@code setting} lists
   * @param byDepth share of true neighbours that are among the best {@code setting} approximate
   *     distances
   */
  public record Curve(int k, List<Point> byProbe, List<Point> byDepth) {
    /** Validates the components. */
    public Curve {
      byProbe = List.copyOf(byProbe);
      byDepth = List.copyOf(byDepth);
    }
  }

  /**
   * One point of a curve; points ascend by setting.
   *
   * @param setting lists probed or candidates reranked, at least 1
   * @param recall in [0, 1]
   */
  public record Point(int setting, float recall) {}
}
