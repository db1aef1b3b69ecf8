// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.storage;

import java.io.IOException;

/** A file that could not be written or read for want of something that may be there again later. */
public final class NoRoomException extends IOException {

  private static final long serialVersionUID = 1L;

  private final Shortage shortage;

  /** Creates it. */
  public NoRoomException(Shortage shortage, IOException cause) {
    super(shortage.text(), cause);
    this.shortage = shortage;
  }

  /** Returns what is wanting. */
  public Shortage shortage() {
    return shortage;
  }
}
