// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.client;

import io.github.luceneivf.wire.WireException;
import java.io.IOException;
import java.util.Objects;

/**
 * The sidecar did not do its work: it is down, slow, busy, or answers what cannot be right. Never
 * thrown for an abort, or for trouble with the caller's own vectors or sink.
 */
public final class SidecarException extends IOException {

  private static final long serialVersionUID = 1L;

  /** What went wrong. */
  public enum Reason {
    /** It cannot be reached, or the connection broke. */
    UNAVAILABLE,
    /** It was not heard of, or made no progress, for too long. */
    TIMEOUT,
    /** It refused: busy, over a limit, another version, what was asked for is damaged. */
    REFUSED,
    /** It does not know the job or codebook it was asked for, perhaps because it restarted. */
    NOT_FOUND,
    /** It failed, or its job did. */
    FAILED,
    /** Its answer is not what it must be. */
    INVALID_ANSWER,
    /** It was not asked, because it failed several times just before, or took too long. */
    CIRCUIT_OPEN
  }

  private final Reason reason;
  private final boolean busy;

  /** Creates an exception. */
  public SidecarException(Reason reason, String message) {
    super(message);
    this.reason = Objects.requireNonNull(reason, "reason");
    this.busy = false;
  }

  private SidecarException(String message) {
    super(message);
    this.reason = Reason.REFUSED;
    this.busy = true;
  }

  /** Creates an exception with a cause. */
  public SidecarException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = Objects.requireNonNull(reason, "reason");
    this.busy = false;
  }

  /** The sidecar refused for want of room, and may do it later. */
  static SidecarException busy(String message) {
    return new SidecarException(message);
  }

  /** Returns whether it was refused for want of room, so that it may be done later. */
  boolean isBusy() {
    return busy;
  }

  /** Returns what went wrong. */
  public Reason reason() {
    return reason;
  }

  static SidecarException invalid(String message) {
    return new SidecarException(Reason.INVALID_ANSWER, message);
  }

  static SidecarException invalid(WireException cause) {
    return new SidecarException(Reason.INVALID_ANSWER, String.valueOf(cause.getMessage()), cause);
  }

  static void requireSame(String name, Object wanted, Object got) throws SidecarException {
    if (!wanted.equals(got)) {
      throw invalid(name + " must be " + wanted + ", got: " + got);
    }
  }
}
