// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it.fault;

/** Flips the bit of a {@link Fault.Flip}. Not thread-safe; one per connection and direction. */
final class Flipper {

  private final Http2Bytes reader;
  private int change = -1;
  private long skip;

  Flipper(Http2Bytes reader) {
    this.reader = reader;
  }

  /** Follows the bytes, and harms one of them when it is time. */
  void pass(Lane.Setting setting, byte[] buffer, int count) {
    if (change != setting.change()) {
      change = setting.change();
      skip = setting.fault() instanceof Fault.Flip flip ? flip.skip() : -1;
    }
    for (int i = 0; i < count; i++) {
      Http2Bytes.Part part = reader.next(buffer[i]);
      if (skip >= 0 && setting.fault() instanceof Fault.Flip flip && flip.part() == part) {
        if (skip-- == 0) {
          buffer[i] ^= (byte) (1 << flip.bit());
        }
      }
    }
  }
}
