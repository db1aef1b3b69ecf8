// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.transport;

import java.util.Set;

/**
 * How large the messages of a method may be. Immutable.
 *
 * @param uploads full names of the methods whose clients send chunks, {@code
 *     package.Service/Method}
 * @param uploadBytes most bytes of a message of these
 * @param otherBytes most bytes of any other message
 */
public record MessageLimits(Set<String> uploads, int uploadBytes, int otherBytes) {

  /** Copies the components. */
  public MessageLimits {
    uploads = Set.copyOf(uploads);
  }

  /** Returns the most bytes of a message, by the path of its call: a slash and the full name. */
  int of(CharSequence path) {
    boolean upload = path.length() > 0 && uploads.contains(path.toString().substring(1));
    return upload ? uploadBytes : otherBytes;
  }
}
