// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.recall;

import java.io.IOException;

/** Something that the user can put right; the message says all of it. */
final class RecallException extends IOException {

  private static final long serialVersionUID = 1L;

  RecallException(String message) {
    super(message);
  }

  RecallException(String message, Throwable cause) {
    super(message, cause);
  }
}
