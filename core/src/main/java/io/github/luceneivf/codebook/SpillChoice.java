// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codebook;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Chooses what share of the vectors is put into a second list: the one at which searches scan
 * least, going by where the true neighbours of the training's questions are. Confined to one
 * training.
 */
final class SpillChoice {

  /** Neighbours of a question that are looked for. */
  static final int K = 10;

  private static final double[] SHARES = {0.25, 0.4, 0.6, 1};

  /** Recalls that searches are judged at; what they scan counts alike. */
  private static final double[] RECALLS = {0.95, 0.99};

  /** A list costs a search as much as so many vectors scanned: its rank, its distance, its tail. */
  private static final int LIST_COST = 24;

  /** Share of what is scanned that spilling must save to be worth the room and the work. */
  private static final double WORTH = 0.15;

  /** A larger share must save as much more for each part of the vectors that it adds. */
  private static final double ROOM = 0.15;

  private final SpilledRows spilled;
  private final int[] sizes;
  private final double scale;

  /**
   * Prepares a choice.
   *
   * @param spilled second lists of the rows of the training
   * @param sizes [nlist] rows of each list, second entries not counted
   * @param scale vectors of the population for each of the rows
   */
  SpillChoice(SpilledRows spilled, int[] sizes, double scale) {
    this.spilled = spilled;
    this.sizes = sizes;
    this.scale = scale;
  }

  /**
   * The lists of the nearest neighbours of a question.
   *
   * @param rows [neighbours] they themselves, at most {@value SpillChoice#K}
   * @param own [neighbours] rank of the list of each, from 1
   * @param second [neighbours] rank of its second list; no less than all lists where there is none
   * @param order [nlist] all lists, nearest first; empty if the question is not to say what is
   *     scanned
   */
  @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
  record Ranks(int[] rows, int[] own, int[] second, int[] order) {

    /** Returns the rank of the nearer list of a neighbour at a cost of spilling. */
    int of(int neighbor, SpilledRows spilled, float spillCost) {
      return spilled.list(rows[neighbor], spillCost) >= 0
          ? Math.min(own[neighbor], second[neighbor])
          : own[neighbor];
    }
  }

  /** Returns the cost of spilling that is best; 0 if none saves enough. */
  float choose(List<Ranks> questions) {
    float best = 0;
    double least = (1 - WORTH) * scanned(questions, 0);
    for (double share : SHARES) {
      float cost = spilled.costOf(share);
      double scanned = scanned(questions, cost) * (1 + ROOM * share);
      if (scanned < least) {
        least = scanned;
        best = cost;
      }
    }
    return best;
  }

  /** What searches scan, as the geometric mean over recalls. */
  private double scanned(List<Ranks> questions, float cost) {
    int[] ranks =
        questions.stream()
            .flatMapToInt(
                one -> IntStream.range(0, one.rows.length).map(i -> one.of(i, spilled, cost)))
            .sorted()
            .toArray();
    int[] entries = spilled.entries(sizes, cost);
    double product = 1;
    for (double recall : RECALLS) {
      int nprobe = ranks[Math.min(ranks.length - 1, (int) Math.ceil(recall * ranks.length))];
      product *= scanned(questions, entries, nprobe);
    }
    return Math.pow(product, 1.0 / RECALLS.length);
  }

  private double scanned(List<Ranks> questions, int[] entries, int nprobe) {
    double sum = 0;
    int asked = 0;
    for (Ranks question : questions) {
      for (int i = 0; i < Math.min(nprobe, question.order.length); i++) {
        sum += LIST_COST + scale * entries[question.order[i]];
      }
      asked += question.order.length > 0 ? 1 : 0;
    }
    return sum / asked;
  }
}
