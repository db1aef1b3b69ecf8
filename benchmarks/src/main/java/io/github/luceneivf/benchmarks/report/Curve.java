// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.report;

import java.util.List;

/**
 * One contender's points in one scenario.
 *
 * @param contender its name, distinct within a scenario, for example {@code HNSW float32 M=16
 *     bw=100}
 * @param family whose it is
 * @param points one per search setting; in any order
 */
public record Curve(String contender, Family family, List<Point> points) {

  /** Copies the list. */
  public Curve {
    points = List.copyOf(points);
  }
}
