// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.rpc;

/** A request that is refused; its text goes to the client. */
public final class RequestException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Why a request is refused. */
  public enum Reason {
    /** It can never work. */
    INVALID,
    /** It names something that is not there. */
    NOT_FOUND,
    /** It does not fit the state of things. */
    PRECONDITION,
    /** It exceeds a limit of this server, for now or for good. */
    EXHAUSTED,
    /** What it wants was kept, but is damaged. */
    DAMAGED,
    /** Its client went silent. */
    IDLE,
    /** It was cancelled. */
    CANCELLED,
    /** The server is about to stop. */
    DRAINING
  }

  private final Reason reason;

  private RequestException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  /** Returns why. */
  public Reason reason() {
    return reason;
  }

  /** Refuses a request that can never work. */
  public static RequestException invalid(String message) {
    return new RequestException(Reason.INVALID, message);
  }

  /** Refuses a request that names something unknown. */
  public static RequestException notFound(String message) {
    return new RequestException(Reason.NOT_FOUND, message);
  }

  /** Refuses a request that does not fit the state of things. */
  public static RequestException precondition(String message) {
    return new RequestException(Reason.PRECONDITION, message);
  }

  /** Refuses a request that exceeds a limit. */
  public static RequestException exhausted(String message) {
    return new RequestException(Reason.EXHAUSTED, message);
  }

  /** Refuses a request for something that is damaged. */
  public static RequestException damaged(String message) {
    return new RequestException(Reason.DAMAGED, message);
  }

  /** Ends a request whose client went silent. */
  public static RequestException idle(String message) {
    return new RequestException(Reason.IDLE, message);
  }

  /** Ends a request that was cancelled. */
  public static RequestException cancelled(String message) {
    return new RequestException(Reason.CANCELLED, message);
  }

  /** Refuses new work of a server that is about to stop. */
  public static RequestException draining() {
    return new RequestException(Reason.DRAINING, "server is shutting down");
  }

  /**
   * Checks that a number lies in a range.
   *
   * @throws RequestException if it does not
   */
  public static void requireRange(String name, long value, long min, long max) {
    if (value < min || value > max) {
      throw invalid(name + " must be in [" + min + ", " + max + "], got: " + value);
    }
  }
}
