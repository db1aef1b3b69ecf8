// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.run;

import java.io.IOException;

/** Closes all indexes, so that their pages are no longer mapped. */
record CloseJob() implements Job<Job.Done> {

  @Override
  public Class<Done> answer() {
    return Done.class;
  }

  @Override
  public Done run(WorkerState state) throws IOException {
    state.close();
    return new Done();
  }
}
