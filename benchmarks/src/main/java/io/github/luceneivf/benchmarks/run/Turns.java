// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.run;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * Those who take part in a scenario and take turns. One that fails is out from then on: its process
 * may be gone, and what it measured is not whole. Not thread-safe.
 *
 * @param <C> one who takes part
 */
final class Turns<C> {

  private final String scenario;
  private final BenchContext context;
  private final Findings findings;
  private final List<C> started;
  private final Function<C, String> name;
  private final Set<C> fit = Collections.newSetFromMap(new IdentityHashMap<>());

  /**
   * Lets all take part.
   *
   * @param findings get the failures
   * @param name of a contender
   */
  Turns(
      String scenario,
      BenchContext context,
      Findings findings,
      List<C> started,
      Function<C, String> name) {
    this.scenario = scenario;
    this.context = context;
    this.findings = findings;
    this.started = started;
    this.name = name;
    fit.addAll(started);
  }

  /** What one does when it is its turn. */
  interface Turn<C> {
    void of(C one) throws IOException;
  }

  /** Gives a turn to each. */
  void each(Turn<C> turn) throws IOException {
    round(0, 1, turn);
  }

  /**
   * Gives a turn to each, in each round another one first, so that none always has the machine at
   * its best.
   */
  void round(int round, int rounds, Turn<C> turn) throws IOException {
    List<C> order = new ArrayList<>(started);
    Collections.rotate(order, -round * order.size() / rounds);
    for (C one : order) {
      if (fit.contains(one)
          && !context.attempt(findings, scenario, name.apply(one), () -> turn.of(one))) {
        fit.remove(one);
      }
    }
  }

  /** Returns those who have not failed. */
  List<C> fit() {
    return started.stream().filter(fit::contains).toList();
  }
}
