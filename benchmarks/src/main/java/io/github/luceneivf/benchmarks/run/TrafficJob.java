// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.run;

import io.github.luceneivf.benchmarks.contender.Traffic;
import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalInt;

/**
 * Searches while segments are merged.
 *
 * @param port of the sidecar that trains and encodes; 0 if this process is to do so
 * @param folder to work in; exists and is empty
 * @param idleSeconds how long the index is searched before the merges, in all
 */
record TrafficJob(int port, String folder, double idleSeconds) implements Job<Traffic.Figures> {

  @Override
  public Class<Traffic.Figures> answer() {
    return Traffic.Figures.class;
  }

  @Override
  public Traffic.Figures run(WorkerState state) throws IOException {
    OptionalInt sidecar = port == 0 ? OptionalInt.empty() : OptionalInt.of(port);
    return new Traffic(state.contender(), state.vectors(), state.queries(Half.TUNING), idleSeconds)
        .run(sidecar, Path.of(folder));
  }
}
