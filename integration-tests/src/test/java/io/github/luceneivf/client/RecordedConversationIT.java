// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.KMeansParams;
import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.codebook.AbortCheck;
import io.github.luceneivf.codebook.EncodedSink;
import io.github.luceneivf.codebook.QuerySample;
import io.github.luceneivf.codebook.TrainedCodebook;
import io.github.luceneivf.codebook.TrainingMonitor;
import io.github.luceneivf.codebook.TrainingRequest;
import io.github.luceneivf.it.Exchange;
import io.github.luceneivf.it.protocol.Timeless;
import io.github.luceneivf.proto.v1.AssignAndEncodeResponse;
import io.github.luceneivf.quantization.Encoding;
import io.github.luceneivf.server.SidecarServer;
import io.github.luceneivf.server.config.ServerConfig;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the client said, and was answered, is said again to the server of today: its answers must be
 * the same, but for times. {@code -Divf.record=true} records the conversation anew; once a protocol
 * is released its conversation stays, and a new one gets a new number.
 */
@Timeout(120)
class RecordedConversationIT {

  private static final int WAIT_SECONDS = 60;

  private static final Path RECORDED =
      Path.of("src", "test", "resources", "golden", "conversation-1.gz");
  private static final int DIM = 8;
  private static final int ROWS = 600;
  private static final AbortCheck NEVER = () -> {};

  @TempDir Path data;

  private static FloatMatrix vectors(int rows) {
    Random random = new Random(11);
    float[] values = new float[rows * DIM];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian() + i / DIM % 6;
    }
    return new FloatMatrix(values, rows, DIM);
  }

  @Test
  void recordIfAskedTo() throws Exception {
    Assumptions.assumeTrue(Boolean.getBoolean("ivf.record"), "-Divf.record=true records");
    Conversation conversation = new Conversation();
    try (SidecarServer server = SidecarServer.start(ServerConfig.local(data))) {
      ManagedChannel channel =
          NettyChannelBuilder.forAddress("127.0.0.1", server.port())
              .usePlaintext()
              .intercept(conversation.listener())
              .build();
      try (SidecarConnection connection =
          new SidecarConnection(
              RemoteConfig.of("127.0.0.1", server.port()),
              channel,
              new CircuitBreaker(System::nanoTime),
              () -> {})) {
        talk(connection);
      }
    }
    conversation.write(RECORDED);
  }

  /** Everything that a client does. */
  private static void talk(SidecarConnection connection) throws IOException {
    RemoteCodebookTrainer trainer = new RemoteCodebookTrainer(connection);
    FloatMatrix sample = vectors(ROWS);
    TrainingRequest request =
        new TrainingRequest(
            Metric.EUCLIDEAN, Encoding.BIT1, KMeansParams.of(6, 3), ROWS, Optional.empty());
    TrainedCodebook first = trainer.train(request, sample, TrainingMonitor.NONE);
    TrainingRequest next =
        TrainingRequest.successorOf(
            first.codebook(), Encoding.BIT1, KMeansParams.of(8, 3), 4 * ROWS);
    TrainedCodebook second = trainer.train(next, sample, TrainingMonitor.NONE);
    TrainingRequest asking =
        request.withQuerySample(QuerySample.of(new FloatMatrix(new float[5 * DIM], 5, DIM)));
    trainer.train(asking, sample, TrainingMonitor.NONE);
    encode(connection, first, Encoding.BIT1);
    encode(connection, second, Encoding.INT8);
    RemoteCodebookRegistry registry = new RemoteCodebookRegistry(connection, "products", "node-1");
    registry.publish("title", first, NEVER);
    registry.publish("title", second, NEVER);
    registry.publish("title", second, NEVER);
    registry.fetchLatest("title", Optional.of(first.codebook().id()), NEVER);
    registry.fetchLatest("title", Optional.of(second.codebook().id()), NEVER);
    registry.reportDrift("title", new Drift(first.codebook().id(), 1, 600, 2.5, 1.25), NEVER);
  }

  private static void encode(
      SidecarConnection connection, TrainedCodebook trained, Encoding encoding) throws IOException {
    EncodedSink dropped =
        new EncodedSink() {
          @Override
          public void accept(int firstOrd, int count, int[] lists, byte[] records) {}

          @Override
          public void acceptCopies(int count, int[] ords, int[] lists, byte[] records) {
            throw new AssertionError("no vector is in two lists here");
          }

          @Override
          public void restart() {}
        };
    new RemoteVectorEncoder(connection)
        .encode(trained.codebook(), encoding, vectors(3 * ROWS).asSource(), dropped, NEVER);
  }

  @Test
  void serverAnswersAsItAnsweredThen() throws Exception {
    Conversation recorded = Conversation.read(RECORDED);
    assertTrue(recorded.calls().size() >= 16, recorded.calls()::toString);
    try (SidecarServer server = SidecarServer.start(ServerConfig.local(data))) {
      ManagedChannel channel =
          NettyChannelBuilder.forAddress("127.0.0.1", server.port()).usePlaintext().build();
      try {
        for (Conversation.Call call : recorded.calls()) {
          List<Message> answer = replay(channel, call);
          assertEquals(
              comparable(call.method, call.responses),
              comparable(call.method, answer),
              call.method);
        }
      } finally {
        channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
      }
    }
  }

  private static List<Message> replay(ManagedChannel channel, Conversation.Call recorded)
      throws Exception {
    Exchange<Message> replayed =
        Exchange.of(
            channel,
            Conversation.method(recorded.method),
            CallOptions.DEFAULT,
            recorded.requests,
            WAIT_SECONDS);
    // The client leaves a watch when it has seen the end.
    boolean left = recorded.status == Status.Code.CANCELLED.value();
    int wanted = left ? Status.Code.OK.value() : recorded.status;
    assertEquals(
        wanted, replayed.status().getCode().value(), recorded.method + ": " + replayed.status());
    return replayed.responses();
  }

  /** What must be the same of an answer. */
  private static Object comparable(String method, List<Message> responses) {
    assertFalse(responses.isEmpty(), method);
    return switch (method.substring(method.indexOf('/') + 1)) {
      // How many messages tell of progress is a matter of time; how it ends is not.
      case "WatchJob" -> Timeless.of(responses.getLast());
      case "AssignAndEncode" -> encoded(responses);
      default -> Timeless.of(responses);
    };
  }

  /** Codes may come in other chunks. */
  private static Object encoded(List<Message> responses) {
    ByteString lists = ByteString.EMPTY;
    ByteString records = ByteString.EMPTY;
    List<Message> others = new ArrayList<>();
    for (Message message : responses) {
      AssignAndEncodeResponse response = (AssignAndEncodeResponse) message;
      if (response.hasCodes()) {
        lists = lists.concat(response.getCodes().getLists());
        records = records.concat(response.getCodes().getRecords());
      } else if (response.hasSummary()) {
        // Its checksum goes chunk by chunk.
        others.add(response.getSummary().toBuilder().clearCrc32C().build());
      } else {
        others.add(response);
      }
    }
    return List.of(lists, records, others);
  }
}
