// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.run;

import java.util.stream.IntStream;

/**
 * The two halves of the queries: settings are chosen on one and reported on the other. Queries
 * alternate, since neighbours in a file are often alike.
 */
enum Half {
  /** Where settings are tried and chosen. */
  TUNING,
  /** What is reported. */
  REPORT;

  /** Returns the numbers of this half's queries, ascending. */
  IntStream of(int queries) {
    return IntStream.range(0, queries).filter(query -> query % 2 == (this == TUNING ? 0 : 1));
  }
}
