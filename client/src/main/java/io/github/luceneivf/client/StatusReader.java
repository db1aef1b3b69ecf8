// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.client;

import io.github.luceneivf.client.SidecarException.Reason;
import io.grpc.Status;

/** The only place that reads a gRPC status. Stateless. */
final class StatusReader {

  private StatusReader() {}

  static SidecarException toException(Status status) {
    String text = "sidecar: " + status.getCode() + ": " + status.getDescription();
    if (status.getCode() == Status.Code.RESOURCE_EXHAUSTED) {
      return SidecarException.busy(text);
    }
    return status.getCause() == null
        ? new SidecarException(reason(status), text)
        : new SidecarException(reason(status), text, status.getCause());
  }

  private static Reason reason(Status status) {
    return switch (status.getCode()) {
      case UNAVAILABLE, CANCELLED, ABORTED -> Reason.UNAVAILABLE;
      case DEADLINE_EXCEEDED -> Reason.TIMEOUT;
      case NOT_FOUND -> Reason.NOT_FOUND;
      case INVALID_ARGUMENT,
          ALREADY_EXISTS,
          PERMISSION_DENIED,
          RESOURCE_EXHAUSTED,
          FAILED_PRECONDITION,
          OUT_OF_RANGE,
          UNIMPLEMENTED,
          UNAUTHENTICATED,
          DATA_LOSS ->
          Reason.REFUSED;
      case OK, UNKNOWN, INTERNAL -> Reason.FAILED;
    };
  }
}
