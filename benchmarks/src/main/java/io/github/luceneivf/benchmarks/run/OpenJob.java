// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.run;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Opens an index for the jobs to come.
 *
 * @param index which of the contender's
 * @param folder where it lies
 */
record OpenJob(String index, String folder) implements Job<Job.Done> {

  @Override
  public Class<Done> answer() {
    return Done.class;
  }

  @Override
  public Done run(WorkerState state) throws IOException {
    state.open(index, Path.of(folder));
    return new Done();
  }
}
