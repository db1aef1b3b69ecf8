// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.run;

import io.github.luceneivf.benchmarks.contender.Setting;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Lets a worker search until it gets no faster: the compilers of a JVM take seconds to come to
 * rest.
 *
 * @param settings asked in turn, of the kinds that will be measured
 * @param minSeconds CPU time to spend at least
 * @param maxSeconds CPU time after which to give up
 */
record WarmUpJob(List<Setting> settings, double minSeconds, double maxSeconds)
    implements Job<WarmUpJob.Warmth> {

  private static final int QUERIES = 200;

  /** Rounds without a new best time that mean stable. */
  private static final int QUIET_ROUNDS = 3;

  /** Less of a gain than this share does not count. */
  private static final double GAIN = 0.03;

  /**
   * How warm it got.
   *
   * @param seconds CPU time spent
   * @param speedUp first round over best round
   */
  record Warmth(double seconds, double speedUp) {}

  @Override
  public Class<Warmth> answer() {
    return Warmth.class;
  }

  @Override
  public Warmth run(WorkerState state) throws IOException {
    float[][] queries = state.queries(Half.TUNING);
    List<QueryLoop> loops = new ArrayList<>();
    for (Setting setting : settings) {
      loops.add(new QueryLoop(state.search(setting, null), queries).firstOf(QUERIES));
    }
    long spent = 0;
    long first = 0;
    long best = Long.MAX_VALUE;
    for (int quiet = 0;
        (quiet < QUIET_ROUNDS || spent < minSeconds * 1e9) && spent < maxSeconds * 1e9; ) {
      long round = 0;
      for (QueryLoop loop : loops) {
        round += loop.pass().cpu();
      }
      quiet = round < best * (1 - GAIN) ? 0 : quiet + 1;
      first = first == 0 ? round : first;
      best = Math.min(best, round);
      spent += round;
    }
    return new Warmth(spent / 1e9, (double) first / best);
  }
}
