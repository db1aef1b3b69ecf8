// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.run;

import io.github.luceneivf.benchmarks.contender.BuildPhase;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Learns what an index can know of its rows, for {@link RebuildJob}; answers with the merge that
 * does.
 *
 * @param index which of the contender's
 * @param folder beside which there is room
 */
record LearnJob(String index, String folder) implements Job<BuildPhase> {

  @Override
  public Class<BuildPhase> answer() {
    return BuildPhase.class;
  }

  @Override
  public BuildPhase run(WorkerState state) throws IOException {
    return state.rebuild(index, Path.of(folder)).learning();
  }
}
