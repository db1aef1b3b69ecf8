// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.run;

import java.io.IOException;

/** A worker could not do its job, or is gone. */
final class WorkerException extends IOException {

  private static final long serialVersionUID = 1;

  WorkerException(String message) {
    super(message);
  }
}
