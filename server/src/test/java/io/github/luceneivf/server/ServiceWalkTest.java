package io.github.luceneivf.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
      for (ServerServiceDefinition service : server.server().getServices()) {
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

  @SuppressWarnings("unchecked") // all our methods speak protobuf
  private static Status emptyCall(TestServer server, MethodDescriptor<?, ?> method)
      throws Exception {
    var marshaller = (MethodDescriptor.PrototypeMarshaller<Message>) method.getRequestMarshaller();
    assertTrue(method.getSchemaDescriptor() instanceof ProtoMethodDescriptorSupplier);
    return TestCall.status(
        server.channel(),
        (MethodDescriptor<Message, Message>) method,
        List.of(Objects.requireNonNull(marshaller.getMessagePrototype())));
  }
}
