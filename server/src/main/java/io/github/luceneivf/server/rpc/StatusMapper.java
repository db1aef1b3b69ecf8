// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.rpc;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.rpc.Code;
import com.google.rpc.RetryInfo;
import io.github.luceneivf.server.storage.DamagedFileException;
import io.github.luceneivf.server.storage.Shortage;
import io.github.luceneivf.wire.WireException;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The only place that makes a gRPC status. A refusal keeps its text, and so does what a message
 * that cannot be right is refused for; a damaged file is {@code DATA_LOSS}; want of memory, a full
 * disk and too many open files are {@code RESOURCE_EXHAUSTED}; anything else is {@code INTERNAL}
 * with an id under which the log has the rest.
 */
public final class StatusMapper {

  /** When a client that was refused for want of room should ask again, in seconds. */
  static final int RETRY_SECONDS = 5;

  private static final Logger LOG = LoggerFactory.getLogger(StatusMapper.class);

  /** Most characters of a text, so that it fits the 8 KiB of trailers that clients take. */
  private static final int MAX_TEXT = 1000;

  private StatusMapper() {}

  /** Returns what a client is told about an exception. */
  public static StatusRuntimeException toStatus(Throwable failure) {
    if (failure instanceof RequestException refusal) {
      return refused(refusal);
    }
    if (failure instanceof WireException wrong) {
      return refused(RequestException.invalid(String.valueOf(wrong.getMessage())));
    }
    if (failure instanceof StatusRuntimeException status) {
      return status;
    }
    if (failure instanceof OutOfMemoryError) {
      // What is weighed was weighed too low somewhere. The call's room is free again.
      LOG.atError().setCause(failure).log("out of memory");
      return withRetry(Code.RESOURCE_EXHAUSTED, "server has no memory for this now");
    }
    if (failure instanceof DamagedFileException) {
      return refused(RequestException.damaged("file is damaged: " + failure.getMessage()));
    }
    Optional<Shortage> shortage = Shortage.of(failure);
    if (shortage.isPresent()) {
      LOG.atWarn().setCause(failure).log("request refused for want of room");
      return refused(RequestException.exhausted(shortage.get().text()));
    }
    return internal(failure);
  }

  /** Returns what is wrong with a request that gRPC could not read. */
  static RequestException unreadable(StatusRuntimeException failure) {
    return RequestException.invalid(
        "message must be readable: " + failure.getStatus().getDescription());
  }

  /** Returns the number of the status for a refusal, for those who write it themselves. */
  public static int number(RequestException refusal) {
    return refused(refusal).getStatus().getCode().value();
  }

  private static StatusRuntimeException refused(RequestException refusal) {
    String text = shortened(String.valueOf(refusal.getMessage()));
    return switch (refusal.reason()) {
      case INVALID -> Status.INVALID_ARGUMENT.withDescription(text).asRuntimeException();
      case NOT_FOUND -> Status.NOT_FOUND.withDescription(text).asRuntimeException();
      case PRECONDITION -> Status.FAILED_PRECONDITION.withDescription(text).asRuntimeException();
      case DAMAGED -> Status.DATA_LOSS.withDescription(text).asRuntimeException();
      case IDLE -> Status.DEADLINE_EXCEEDED.withDescription(text).asRuntimeException();
      case CANCELLED -> Status.CANCELLED.withDescription(text).asRuntimeException();
      case EXHAUSTED -> withRetry(Code.RESOURCE_EXHAUSTED, text);
      case DRAINING -> withRetry(Code.UNAVAILABLE, text);
    };
  }

  private static StatusRuntimeException withRetry(Code code, String text) {
    RetryInfo retry =
        RetryInfo.newBuilder()
            .setRetryDelay(Duration.newBuilder().setSeconds(RETRY_SECONDS))
            .build();
    return StatusProto.toStatusRuntimeException(
        com.google.rpc.Status.newBuilder()
            .setCode(code.getNumber())
            .setMessage(text)
            .addDetails(Any.pack(retry))
            .build());
  }

  private static StatusRuntimeException internal(Throwable failure) {
    String id = UUID.randomUUID().toString();
    LOG.atError().addKeyValue("error_id", id).setCause(failure).log("request failed");
    return Status.INTERNAL.withDescription("internal error, id: " + id).asRuntimeException();
  }

  private static String shortened(String text) {
    return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT) + "…";
  }
}
