// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.proto.v1.ListJobsRequest;
import io.github.luceneivf.proto.v1.TrainingServiceGrpc;
import io.github.luceneivf.server.SidecarServer;
import io.github.luceneivf.server.config.Limits;
import io.github.luceneivf.server.config.ServerConfig;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** More connections than a server takes: the last ones are told so, the first ones go on. */
class ConnectionLimitIT {

  private static final int MOST = 3;
  private static final long NANOS = TimeUnit.SECONDS.toNanos(60);

  @TempDir Path data;
  private final List<ManagedChannel> channels = new ArrayList<>();

  @AfterEach
  void closeChannels() {
    channels.forEach(ManagedChannel::shutdownNow);
  }

  private SidecarServer start() throws Exception {
    ServerConfig usual = ServerConfig.local(data);
    Limits limits = usual.limits();
    return SidecarServer.start(
        new ServerConfig(
            usual.host(),
            0,
            data,
            false,
            new Limits(
                limits.maxDims(),
                limits.maxNlist(),
                limits.maxSampleBytes(),
                limits.maxJobs(),
                limits.maxStreams(),
                limits.memoryBytes(),
                limits.threads(),
                MOST),
            usual.times()));
  }

  private ManagedChannel channel(SidecarServer server) {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", server.port()).usePlaintext().build();
    channels.add(channel);
    return channel;
  }

  private static Status ask(ManagedChannel channel) {
    try {
      TrainingServiceGrpc.newBlockingStub(channel)
          .withDeadlineAfter(30, TimeUnit.SECONDS)
          .listJobs(ListJobsRequest.getDefaultInstance());
      return Status.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus();
    }
  }

  @Test
  void oneTooManyIsToldAndOthersGoOn() throws Exception {
    try (SidecarServer server = start()) {
      for (int i = 0; i < MOST; i++) {
        assertTrue(ask(channel(server)).isOk(), "connection " + i);
      }
      Status refused = ask(channel(server));
      assertEquals(Status.Code.RESOURCE_EXHAUSTED, refused.getCode(), refused::toString);
      assertTrue(
          String.valueOf(refused.getDescription())
              .contains("connections must be at most 3, got: 4"),
          refused::toString);
      for (ManagedChannel channel : channels.subList(0, MOST)) {
        assertTrue(ask(channel).isOk());
      }
      channels.getFirst().shutdownNow().awaitTermination(30, TimeUnit.SECONDS);
      ManagedChannel last = channel(server);
      awaitAnswer(last);
    }
  }

  @Test
  void manyThatSayNothingTakeNothingFromOthers() throws Exception {
    List<Socket> silent = new ArrayList<>();
    try (SidecarServer server = start()) {
      ManagedChannel first = channel(server);
      assertTrue(ask(first).isOk());
      for (int i = 0; i < 500; i++) {
        silent.add(new Socket("127.0.0.1", server.port()));
        if (i % 50 == 0) {
          assertTrue(ask(first).isOk(), "after " + i + " silent connections");
        }
      }
      // All but two were refused, so that they end without having said a word.
      for (Socket socket : silent.subList(MOST, silent.size())) {
        socket.setSoTimeout(60_000);
        while (socket.getInputStream().read() >= 0) {
          continue;
        }
      }
      assertTrue(ask(first).isOk());
    } finally {
      for (Socket socket : silent) {
        socket.close();
      }
    }
  }

  /** The server learns of a closed connection a moment after the client. */
  private static void awaitAnswer(ManagedChannel channel) {
    long start = System.nanoTime();
    Status status = ask(channel);
    while (!status.isOk() && System.nanoTime() - start < NANOS) {
      channel.resetConnectBackoff();
      status = ask(channel);
    }
    assertTrue(status.isOk(), status::toString);
  }
}
