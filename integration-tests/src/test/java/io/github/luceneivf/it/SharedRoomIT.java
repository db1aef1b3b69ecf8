// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.client.RemoteConfig;
import io.github.luceneivf.client.RemoteVectorEncoder;
import io.github.luceneivf.client.SidecarConnection;
import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.codebook.AbortCheck;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.LocalCodebookTrainer;
import io.github.luceneivf.codebook.TrainingMonitor;
import io.github.luceneivf.proto.v1.CreateTrainingJobRequest;
import io.github.luceneivf.proto.v1.ProtocolVersion;
import io.github.luceneivf.proto.v1.TrainingServiceGrpc;
import io.github.luceneivf.proto.v1.TrainingSpec;
import io.github.luceneivf.quantization.Encoding;
import io.github.luceneivf.server.SidecarServer;
import io.github.luceneivf.server.config.Limits;
import io.github.luceneivf.server.config.ServerConfig;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A client that reserves all it gets, and others that want to work. */
class SharedRoomIT {

  private static final long MEMORY = 64 << 20;
  private static final int JOBS = 4;

  @TempDir Path data;
  private final List<ManagedChannel> channels = new ArrayList<>();
  private SidecarServer server;

  @BeforeEach
  void start() throws IOException {
    ServerConfig usual = ServerConfig.local(data);
    Limits limits = new Limits(4096, 65_536, MEMORY, JOBS, 4, MEMORY, 2, 512);
    server =
        SidecarServer.start(new ServerConfig(usual.host(), 0, data, false, limits, usual.times()));
  }

  @AfterEach
  void stop() {
    channels.forEach(ManagedChannel::shutdownNow);
    server.close();
  }

  private ManagedChannel channel() {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", server.port()).usePlaintext().build();
    channels.add(channel);
    return channel;
  }

  private static Status create(ManagedChannel channel, int rows) {
    try {
      var _ =
          TrainingServiceGrpc.newBlockingStub(channel)
              .withDeadlineAfter(30, TimeUnit.SECONDS)
              .createTrainingJob(
                  CreateTrainingJobRequest.newBuilder()
                      .setProtocolVersion(ProtocolVersion.PROTOCOL_VERSION_1)
                      .setSpec(
                          TrainingSpec.newBuilder()
                              .setMetric(io.github.luceneivf.proto.v1.Metric.METRIC_EUCLIDEAN)
                              .setDim(16)
                              .setEncoding(io.github.luceneivf.proto.v1.Encoding.ENCODING_BIT1)
                              .setNlist(1)
                              .setPopulation(1)
                              .setSampleRows(rows))
                      .build());
      return Status.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus();
    }
  }

  @Test
  void jobsWithoutAByteLeaveRoomForEncodes() throws Exception {
    ManagedChannel greedy = channel();
    int taken = 0;
    for (int rows = 1 << 20; rows > 64; rows /= 2) {
      taken += create(greedy, rows).isOk() ? 1 : 0;
    }
    assertTrue(taken > 0);
    FloatMatrix vectors = SidecarData.sample(500);
    Codebook codebook =
        new LocalCodebookTrainer()
            .train(
                SidecarData.request(Metric.EUCLIDEAN, Encoding.BIT1), vectors, TrainingMonitor.NONE)
            .codebook();
    try (SidecarConnection connection =
        SidecarConnection.open(RemoteConfig.of("127.0.0.1", server.port()))) {
      SidecarData.Collected codes = new SidecarData.Collected();
      new RemoteVectorEncoder(connection)
          .encode(codebook, Encoding.BIT1, vectors.asSource(), codes, AbortCheck.NONE);
      assertEquals(vectors.rows(), codes.count());
    }
  }

  @Test
  void tinyJobsOfOneConnectionLeavePlacesForOthers() {
    ManagedChannel greedy = channel();
    for (int i = 0; i < JOBS - 1; i++) {
      assertTrue(create(greedy, 1).isOk());
    }
    Status refused = create(greedy, 1);
    assertEquals(Status.Code.RESOURCE_EXHAUSTED, refused.getCode(), refused::toString);
    assertEquals("jobs of one connection must be at most 3, got: 4", refused.getDescription());
    assertTrue(create(channel(), 1).isOk());
  }
}
