// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What orchestrators and command-line clients ask of the sidecar. */
class SidecarHealthIT {

  private static final List<String> SERVICES =
      List.of("luceneivf.v1.TrainingService", "luceneivf.v1.MergeService");

  private static ManagedChannel channel(SidecarProcess sidecar) {
    return ManagedChannelBuilder.forAddress("127.0.0.1", sidecar.port()).usePlaintext().build();
  }

  /** Names of the services, as the server tells them. */
  private static List<String> reflect(ManagedChannel channel) throws Exception {
    CompletableFuture<List<String>> names = new CompletableFuture<>();
    StreamObserver<ServerReflectionRequest> requests =
        ServerReflectionGrpc.newStub(channel)
            .serverReflectionInfo(
                new StreamObserver<>() {
                  @Override
                  public void onNext(ServerReflectionResponse response) {
                    names.complete(
                        response.getListServicesResponse().getServiceList().stream()
                            .map(service -> service.getName())
                            .toList());
                  }

                  @Override
                  public void onError(Throwable t) {
                    names.completeExceptionally(t);
                  }

                  @Override
                  public void onCompleted() {}
                });
    requests.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
    try {
      return names.get(30, TimeUnit.SECONDS);
    } finally {
      requests.onCompleted();
    }
  }

  @Test
  void everyServiceServesAndReflectionIsOff(@TempDir Path data) throws Exception {
    try (SidecarProcess sidecar = SidecarProcess.start(data, "128m")) {
      ManagedChannel channel = channel(sidecar);
      try {
        HealthGrpc.HealthBlockingStub health =
            HealthGrpc.newBlockingStub(channel).withDeadlineAfter(30, TimeUnit.SECONDS);
        assertEquals(
            ServingStatus.SERVING,
            health.check(HealthCheckRequest.getDefaultInstance()).getStatus());
        for (String service : SERVICES) {
          assertEquals(
              ServingStatus.SERVING,
              health
                  .check(HealthCheckRequest.newBuilder().setService(service).build())
                  .getStatus());
        }
        ExecutionException off = assertThrows(ExecutionException.class, () -> reflect(channel));
        StatusRuntimeException cause =
            assertInstanceOf(StatusRuntimeException.class, off.getCause());
        assertEquals(Status.Code.UNIMPLEMENTED, cause.getStatus().getCode());
      } finally {
        channel.shutdownNow();
      }
    }
  }

  @Test
  void reflectionListsTheServicesWhenAskedFor(@TempDir Path data) throws Exception {
    try (SidecarProcess sidecar = SidecarProcess.start(data, "128m", "--reflection")) {
      ManagedChannel channel = channel(sidecar);
      try {
        List<String> names = reflect(channel);
        assertTrue(names.containsAll(SERVICES), names.toString());
      } finally {
        channel.shutdownNow();
      }
    }
  }
}
