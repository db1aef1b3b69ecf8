// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.report;

import java.util.List;

/**
 * Search under one set of circumstances.
 *
 * @param name for example {@code one segment} or {@code filter 1 %}
 * @param curves one curve per contender and index build
 */
public record ScenarioResult(String name, List<Curve> curves) {

  /** Copies the list. */
  public ScenarioResult {
    curves = List.copyOf(curves);
  }
}
