// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.hybrid;

import java.util.OptionalInt;

/**
 * What one leg says about one hit. Immutable.
 *
 * @param leg the leg's name
 * @param rank place in the leg's ranking, from 1; empty if the leg's window does not hold the hit
 * @param rawScore the leg's own score; 0 without a rank
 * @param normalizedScore the score after the fusion's normalisation; 0 without a rank
 * @param contribution normalised score times the leg's weight, the weights scaled to sum to 1: what
 *     the leg adds to the hit's score
 */
public record LegScore(
    String leg, OptionalInt rank, float rawScore, double normalizedScore, double contribution) {

  static LegScore absent(String leg) {
    return new LegScore(leg, OptionalInt.empty(), 0, 0, 0);
  }
}
