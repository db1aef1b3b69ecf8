// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.run;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Deletes the rows of an index that are tagged so.
 *
 * @param folder the index
 */
record DeleteJob(String folder) implements Job<Job.Done> {

  @Override
  public Class<Done> answer() {
    return Done.class;
  }

  @Override
  public Done run(WorkerState state) throws IOException {
    state.contender().delete(Path.of(folder));
    return new Done();
  }
}
