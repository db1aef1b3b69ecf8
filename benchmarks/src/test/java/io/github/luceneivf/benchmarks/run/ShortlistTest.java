// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.benchmarks.contender.Setting;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShortlistTest {

  private static Trial trial(double recall, double micros) {
    return new Trial(Setting.defaults("").with("micros", micros), recall, micros);
  }

  @Test
  void theFastestThatReachEachAimAreKept() {
    Trial fast = trial(0.90, 10);
    Trial second = trial(0.96, 20);
    Trial slow = trial(0.93, 30);
    Trial best = trial(0.991, 40);
    assertEquals(List.of(fast, second, best), Shortlist.of(List.of(slow, best, fast, second), 0));
  }

  @Test
  void whatMissesAnAimByLittleDoesNotReachIt() {
    Trial below = trial(0.8999, 10);
    Trial above = trial(0.9001, 20);
    assertEquals(List.of(above), Shortlist.of(List.of(below, above), 0));
  }

  @Test
  void theFrontierHasNoTrialThatAnotherBeats() {
    Trial a = trial(0.5, 10);
    Trial b = trial(0.8, 20);
    Trial beaten = trial(0.7, 30);
    assertEquals(List.of(a, b), Shortlist.frontier(List.of(beaten, b, a)));
  }

  @Test
  void slowTrialsOfALaterLadderAreNotWorthTrying() {
    assertEquals(13, Shortlist.slowest(List.of(trial(0.995, 10), trial(0.99, 20))), 1e-9);
    assertTrue(Double.isInfinite(Shortlist.slowest(List.of(trial(0.98, 10)))));
  }
}
