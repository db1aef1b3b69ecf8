// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.run;

import io.github.luceneivf.benchmarks.contender.AbortedMerges;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;

/**
 * Merges an index and gives up, again and again.
 *
 * @param index which of the contender's
 * @param port of the sidecar that trains and encodes; 0 if this process is to do so
 * @param segments folder of the index, which stays as it is
 * @param folder to work in; exists and is empty
 * @param limits how much is done
 */
record AbortJob(String index, int port, String segments, String folder, AbortedMerges.Limits limits)
    implements Job<AbortJob.Aborts> {

  /** The merges that were given up. */
  record Aborts(List<AbortedMerges.Abort> all) {}

  @Override
  public Class<Aborts> answer() {
    return Aborts.class;
  }

  @Override
  public Aborts run(WorkerState state) throws IOException {
    OptionalInt sidecar = port == 0 ? OptionalInt.empty() : OptionalInt.of(port);
    return new Aborts(
        new AbortedMerges(state.contender(), state.vectors(), limits)
            .run(index, sidecar, Path.of(segments), Path.of(folder)));
  }
}
