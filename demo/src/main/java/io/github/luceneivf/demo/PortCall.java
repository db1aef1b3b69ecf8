// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.demo;

import java.time.Duration;

/**
 * One call of a port: work that an index asked for.
 *
 * @param work what was asked for
 * @param place where it was tried
 * @param done whether it was finished there
 * @param vectors vectors of the sample, or assigned and encoded
 * @param time it took
 */
record PortCall(Work work, Place place, boolean done, int vectors, Duration time) {

  /** What an index asks for. */
  enum Work {
    /** A codebook from a sample. */
    TRAIN,
    /** List numbers and codes of vectors. */
    ENCODE
  }

  /** Where work is done. */
  enum Place {
    /** In the sidecar. */
    SIDECAR,
    /** In the process of the index. */
    IN_PROCESS
  }
}
