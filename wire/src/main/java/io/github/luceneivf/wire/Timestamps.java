// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.wire;

import com.google.protobuf.Timestamp;
import java.time.Instant;

/** Moments as messages, and back. Stateless. */
public final class Timestamps {

  private Timestamps() {}

  /** Returns a moment as a message. */
  public static Timestamp of(Instant moment) {
    return Timestamp.newBuilder()
        .setSeconds(moment.getEpochSecond())
        .setNanos(moment.getNano())
        .build();
  }

  /** Returns the moment that a message tells. */
  public static Instant read(Timestamp message) {
    return Instant.ofEpochSecond(message.getSeconds(), message.getNanos());
  }
}
