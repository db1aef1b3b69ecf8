// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Descriptors;
import com.google.protobuf.Message;
import io.github.luceneivf.codebook.LocalCodebookTrainer;
import io.grpc.MethodDescriptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Every method of every service, so that none is forgotten. */
class ServiceWalkTest {

  private static final Set<Status.Code> REFUSALS =
      EnumSet.of(
          Status.Code.INVALID_ARGUMENT, Status.Code.NOT_FOUND, Status.Code.FAILED_PRECONDITION);

  @Test
  void emptyRequestsAreRefusedByName() throws Exception {
    int methods = 0;
    try (TestServer server = new TestServer(new LocalCodebookTrainer(), Duration.ofMinutes(1))) {
      for (ServerServiceDefinition service : server.services()) {
        for (ServerMethodDefinition<?, ?> method : service.getMethods()) {
          methods++;
          Status status = emptyCall(server, method.getMethodDescriptor());
          String name = method.getMethodDescriptor().getFullMethodName();
          if (name.endsWith("/ListJobs")) {
            assertEquals(Status.Code.OK, status.getCode(), name);
          } else {
            assertTrue(REFUSALS.contains(status.getCode()), name + ": " + status);
          }
        }
      }
    }
    assertEquals(14, methods);
  }

  /** Methods that only go on with a job whose creation has agreed on a version. */
  private static final Set<String> GO_ON =
      Set.of(
          "UploadSample",
          "WatchJob",
          "CancelJob",
          "GetJob",
          "ListJobs",
          "GetTrainingReport",
          "GetCodebook");

  @Test
  void otherProtocolVersionsAreRefusedNamingBoth() throws Exception {
    try (TestServer server = new TestServer(new LocalCodebookTrainer(), Duration.ofMinutes(1))) {
      for (ServerServiceDefinition service : server.services()) {
        for (ServerMethodDefinition<?, ?> definition : service.getMethods()) {
          MethodDescriptor<?, ?> method = definition.getMethodDescriptor();
          if (!GO_ON.contains(method.getBareMethodName())) {
            Message request = withVersion(prototype(method).toBuilder(), 2);
            Status status = call(server, method, request);
            assertEquals(Status.Code.FAILED_PRECONDITION, status.getCode(), status::toString);
            assertEquals("protocol_version must be 1, got: 2", status.getDescription());
          }
        }
      }
    }
  }

  /** Sets the version in a request, or in the header that is its first message. */
  private static Message withVersion(Message.Builder request, int version) {
    Descriptors.FieldDescriptor header = request.getDescriptorForType().findFieldByName("header");
    Message.Builder target = header == null ? request : request.newBuilderForField(header);
    Descriptors.FieldDescriptor field =
        target.getDescriptorForType().findFieldByName("protocol_version");
    target.setField(field, field.getEnumType().findValueByNumberCreatingIfUnknown(version));
    return header == null ? target.build() : request.setField(header, target.build()).build();
  }

  private static Status emptyCall(TestServer server, MethodDescriptor<?, ?> method)
      throws Exception {
    return call(server, method, prototype(method));
  }

  @SuppressWarnings("unchecked") // all our methods speak protobuf
  private static Message prototype(MethodDescriptor<?, ?> method) {
    var marshaller = (MethodDescriptor.PrototypeMarshaller<Message>) method.getRequestMarshaller();
    assertTrue(method.getSchemaDescriptor() instanceof ProtoMethodDescriptorSupplier);
    return Objects.requireNonNull(marshaller.getMessagePrototype());
  }

  @SuppressWarnings("unchecked") // all our methods speak protobuf
  private static Status call(TestServer server, MethodDescriptor<?, ?> method, Message request)
      throws Exception {
    return TestCall.status(
        server.channel(), (MethodDescriptor<Message, Message>) method, List.of(request));
  }
}
