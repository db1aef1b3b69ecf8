// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.run;

import java.io.IOException;

/** How the chosen settings of a contender are measured when it has its turn. */
interface Meter {

  /** Measures every chosen setting once, on the half of the queries that is reported. */
  void takeTurn(BenchContext context, ContenderRun run) throws IOException;

  /** Returns how many turns each contender gets where the user wants {@code wanted}. */
  default int repetitions(int wanted) {
    return wanted;
  }
}
