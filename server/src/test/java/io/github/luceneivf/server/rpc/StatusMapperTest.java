// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.RetryInfo;
import io.github.luceneivf.server.storage.DamagedFileException;
import io.github.luceneivf.wire.WireException;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class StatusMapperTest {

  private static void assertMapped(Status.Code code, String text, RuntimeException refusal) {
    StatusRuntimeException status = StatusMapper.toStatus(refusal);
    assertEquals(code, status.getStatus().getCode());
    assertEquals(text, status.getStatus().getDescription());
  }

  @Test
  void refusalsKeepTheirText() {
    assertMapped(
        Status.Code.INVALID_ARGUMENT, "dim is wrong", RequestException.invalid("dim is wrong"));
    assertMapped(
        Status.Code.INVALID_ARGUMENT, "dim is missing", new WireException("dim is missing"));
    assertMapped(Status.Code.NOT_FOUND, "no job", RequestException.notFound("no job"));
    assertMapped(Status.Code.FAILED_PRECONDITION, "runs", RequestException.precondition("runs"));
    assertMapped(Status.Code.DEADLINE_EXCEEDED, "silent", RequestException.idle("silent"));
    assertMapped(Status.Code.CANCELLED, "gone", RequestException.cancelled("gone"));
    assertMapped(Status.Code.UNAVAILABLE, "server is shutting down", RequestException.draining());
  }

  @Test
  void fullServerSaysWhenToComeBack() throws InvalidProtocolBufferException {
    StatusRuntimeException status = StatusMapper.toStatus(RequestException.exhausted("full"));
    assertEquals(Status.Code.RESOURCE_EXHAUSTED, status.getStatus().getCode());
    com.google.rpc.Status details = Objects.requireNonNull(StatusProto.fromThrowable(status));
    assertEquals("full", details.getMessage());
    RetryInfo retry = details.getDetails(0).unpack(RetryInfo.class);
    assertEquals(StatusMapper.RETRY_SECONDS, retry.getRetryDelay().getSeconds());
  }

  @Test
  void lackOfRoomSaysWhenToComeBackAndNoPath() throws InvalidProtocolBufferException {
    IOException full = new FileSystemException("/secret/x", null, "No space left on device");
    StatusRuntimeException status = StatusMapper.toStatus(full);
    assertEquals(Status.Code.RESOURCE_EXHAUSTED, status.getStatus().getCode());
    com.google.rpc.Status details = Objects.requireNonNull(StatusProto.fromThrowable(status));
    assertEquals("disk is full", details.getMessage());
    RetryInfo retry = details.getDetails(0).unpack(RetryInfo.class);
    assertEquals(StatusMapper.RETRY_SECONDS, retry.getRetryDelay().getSeconds());
    status = StatusMapper.toStatus(new FileSystemException("/x", null, "Too many open files"));
    assertEquals(Status.Code.RESOURCE_EXHAUSTED, status.getStatus().getCode());
    assertEquals("too many files are open", status.getStatus().getDescription());
  }

  @Test
  void damagedFileIsALossOfData() {
    StatusRuntimeException status =
        StatusMapper.toStatus(new DamagedFileException(Path.of("/secret/x"), "is short"));
    assertEquals(Status.Code.DATA_LOSS, status.getStatus().getCode());
    assertEquals("file is damaged: x: is short", status.getStatus().getDescription());
  }

  @Test
  void anythingElseIsInternalWithAnIdOnly() {
    StatusRuntimeException status =
        StatusMapper.toStatus(new IllegalStateException("secret path /etc"));
    String text = String.valueOf(status.getStatus().getDescription());
    assertEquals(Status.Code.INTERNAL, status.getStatus().getCode());
    assertTrue(text.matches("internal error, id: [0-9a-f-]{36}"), text);
    assertFalse(text.contains("secret"), text);
  }

  @Test
  void longTextIsCut() {
    StatusRuntimeException status =
        StatusMapper.toStatus(RequestException.invalid("x".repeat(100_000)));
    assertTrue(String.valueOf(status.getStatus().getDescription()).length() < 2000);
  }
}
