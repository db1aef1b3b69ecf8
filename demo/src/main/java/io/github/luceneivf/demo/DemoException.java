// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.demo;

import java.io.Serial;

/** Ends the demo with one sentence for its user. */
final class DemoException extends Exception {

  @Serial private static final long serialVersionUID = 1;

  DemoException(String message) {
    super(message);
  }

  DemoException(String message, Throwable cause) {
    super(message, cause);
  }
}
