// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.run;

import io.github.luceneivf.benchmarks.contender.BuildCost;
import io.github.luceneivf.benchmarks.contender.Layout;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Builds an index with all that can be learnt from its rows at hand; learns it before if that was
 * not done.
 *
 * @param index which of the contender's
 * @param layout in how many segments
 * @param folder exists and is empty
 */
record RebuildJob(String index, Layout layout, String folder) implements Job<BuildCost> {

  @Override
  public Class<BuildCost> answer() {
    return BuildCost.class;
  }

  @Override
  public BuildCost run(WorkerState state) throws IOException {
    Path place = Path.of(folder);
    return state.rebuild(index, place).into(layout, place);
  }
}
