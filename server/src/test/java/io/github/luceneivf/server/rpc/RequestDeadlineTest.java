// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.proto.v1.ListJobsRequest;
import io.github.luceneivf.proto.v1.ListJobsResponse;
import io.github.luceneivf.proto.v1.TrainingServiceGrpc;
import io.github.luceneivf.proto.v1.WatchJobRequest;
import io.github.luceneivf.proto.v1.WatchJobResponse;
import io.github.luceneivf.server.TestCall;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RequestDeadlineTest {

  private static final class Lists extends TrainingServiceGrpc.TrainingServiceImplBase {
    @Override
    public void listJobs(ListJobsRequest request, StreamObserver<ListJobsResponse> client) {
      if (request.getPageSize() == 0) {
        client.onNext(ListJobsResponse.getDefaultInstance());
        client.onCompleted();
      } // else it never answers
    }
  }

  private static Status status(Duration limit, ListJobsRequest request) throws Exception {
    String name = InProcessServerBuilder.generateName();
    ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    Server server = server(name, limit, timer);
    ManagedChannel channel = InProcessChannelBuilder.forName(name).build();
    try {
      return TestCall.status(channel, TrainingServiceGrpc.getListJobsMethod(), List.of(request));
    } finally {
      channel.shutdownNow();
      server.shutdownNow();
      timer.shutdownNow();
    }
  }

  private static Server server(String name, Duration limit, ScheduledExecutorService timer)
      throws IOException {
    return InProcessServerBuilder.forName(name)
        .intercept(new RequestDeadline(limit, timer))
        .addService(new Lists())
        .build()
        .start();
  }

  @Test
  void callWithoutDeadlineThatIsNeverAnsweredEnds() throws Exception {
    ListJobsRequest never = ListJobsRequest.newBuilder().setPageSize(1).build();
    Status status = status(Duration.ofMillis(20), never);
    assertEquals(Status.Code.DEADLINE_EXCEEDED, status.getCode());
    assertEquals("call must end within PT0.02S", status.getDescription());
  }

  @Test
  void deadlineOfTheClientDoesNotLiftTheLimit() throws Exception {
    String name = InProcessServerBuilder.generateName();
    ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    Server server = server(name, Duration.ofMillis(20), timer);
    ManagedChannel channel = InProcessChannelBuilder.forName(name).build();
    try {
      StatusRuntimeException ended =
          assertThrows(
              StatusRuntimeException.class,
              () ->
                  TrainingServiceGrpc.newBlockingStub(channel)
                      .withDeadlineAfter(20, TimeUnit.SECONDS)
                      .listJobs(ListJobsRequest.newBuilder().setPageSize(1).build()));
      assertEquals("call must end within PT0.02S", ended.getStatus().getDescription());
    } finally {
      channel.shutdownNow();
      server.shutdownNow();
      timer.shutdownNow();
    }
  }

  @Test
  void requestThatNeverEndsIsLimitedWhereManyResponsesFollow() throws Exception {
    String name = InProcessServerBuilder.generateName();
    ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    Server server = server(name, Duration.ofMillis(20), timer);
    ManagedChannel channel = InProcessChannelBuilder.forName(name).build();
    try {
      TestCall<WatchJobRequest, WatchJobResponse> call =
          new TestCall<>(channel, TrainingServiceGrpc.getWatchJobMethod(), 1);
      assertEquals("call must end within PT0.02S", call.status().getDescription());
    } finally {
      channel.shutdownNow();
      server.shutdownNow();
      timer.shutdownNow();
    }
  }

  @Test
  void othersAreAnswered() throws Exception {
    assertTrue(status(Duration.ofMinutes(1), ListJobsRequest.getDefaultInstance()).isOk());
  }
}
