// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.run;

import io.github.luceneivf.benchmarks.contender.Decay;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Changes an index again and again, and searches it.
 *
 * @param rounds how often
 * @param folder to work in; exists and is empty
 */
record DecayJob(int rounds, String folder) implements Job<Decay.Trace> {

  @Override
  public Class<Decay.Trace> answer() {
    return Decay.Trace.class;
  }

  @Override
  public Decay.Trace run(WorkerState state) throws IOException {
    return new Decay(state.contender(), state.vectors(), state.queries(Half.REPORT))
        .run(rounds, Path.of(folder));
  }
}
