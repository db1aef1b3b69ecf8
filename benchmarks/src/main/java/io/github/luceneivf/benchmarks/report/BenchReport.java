// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.report;

import java.util.List;

/**
 * Everything that one run measured.
 *
 * @param machine where it ran
 * @param dataSets one result per data set, in the order of the run
 */
public record BenchReport(Machine machine, List<DataSetResult> dataSets) {

  /** Copies the list. */
  public BenchReport {
    dataSets = List.copyOf(dataSets);
  }
}
