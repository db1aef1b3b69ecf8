// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.run;

import io.github.luceneivf.benchmarks.contender.BuildCost;
import io.github.luceneivf.benchmarks.contender.Layout;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Builds an index.
 *
 * @param index which of the contender's
 * @param layout in how many segments
 * @param folder exists and is empty
 */
record BuildJob(String index, Layout layout, String folder) implements Job<BuildCost> {

  @Override
  public Class<BuildCost> answer() {
    return BuildCost.class;
  }

  @Override
  public BuildCost run(WorkerState state) throws IOException {
    return state.contender().build(index, state.vectors(), layout, Path.of(folder));
  }
}
