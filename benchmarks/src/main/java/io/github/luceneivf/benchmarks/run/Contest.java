// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.run;

import io.github.luceneivf.benchmarks.contender.Layout;

/**
 * The rules that all contenders of a scenario are under.
 *
 * @param layout of the indexes
 * @param judge of what is found
 * @param breadth how much of each contender is tried
 */
record Contest(Layout layout, Judge judge, Breadth breadth) {

  /** How much of each contender is tried and reported. */
  enum Breadth {
    /** All its indexes, with curves. */
    ALL,
    /** Its first and its last index, with curves. */
    ENDS,
    /** Its first and its last index, only where the recalls aimed at are reached. */
    TARGETS
  }
}
