// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codebook;

import java.io.IOException;

/**
 * Asked by long work whether to go on: at least once a second by whoever implements a port, many
 * times a second by what comes with this project.
 */
@FunctionalInterface
public interface AbortCheck {

  /** Never aborts. */
  AbortCheck NONE = () -> {};

  /**
   * Returns if the work should go on.
   *
   * @throws IOException if it should stop; the work lets the exception pass unchanged
   */
  void check() throws IOException;
}
