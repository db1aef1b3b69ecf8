package io.github.luceneivf.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.luceneivf.client.RemoteConfig;
import io.github.luceneivf.client.RemoteVectorEncoder;
import io.github.luceneivf.client.SidecarConnection;
import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.KMeansParams;
import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.EncodedSink;
import io.github.luceneivf.codebook.LocalCodebookTrainer;
import io.github.luceneivf.codebook.LocalVectorEncoder;
import io.github.luceneivf.codebook.TrainingMonitor;
import io.github.luceneivf.codebook.TrainingRequest;
import io.github.luceneivf.codebook.VectorEncoder;
import io.github.luceneivf.quantization.Encoding;
import io.github.luceneivf.server.SidecarServer;
import io.github.luceneivf.server.config.ServerConfig;
import io.github.luceneivf.server.config.Storage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Vectors that are handed over in files give the codes that sent ones give. */
class HandoffIT {

  private static final int DIM = 24;

  @TempDir Path data;
  @TempDir Path handoff;

  private static byte[] codes(VectorEncoder encoder, Codebook codebook, FloatMatrix vectors)
      throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    EncodedSink sink =
        new EncodedSink() {
          @Override
          public void accept(int firstOrd, int count, int[] lists, byte[] records) {
            int recordBytes = Encoding.BIT1.recordBytes(DIM);
            for (int i = 0; i < count; i++) {
              all.write(lists[i]);
              all.write(records, i * recordBytes, recordBytes);
            }
          }

          @Override
          public void restart() {
            all.reset();
          }
        };
    encoder.encode(codebook, Encoding.BIT1, vectors.asSource(), sink, () -> {});
    return all.toByteArray();
  }

  @Test
  void filesGiveTheSameCodesAndAreSentWhereTheyAreNotTaken() throws Exception {
    Random random = new Random(6);
    float[] values = new float[20_000 * DIM];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
    FloatMatrix vectors = new FloatMatrix(values, 20_000, DIM);
    TrainingRequest request =
        new TrainingRequest(
            Metric.EUCLIDEAN, Encoding.BIT1, KMeansParams.of(16, 1), 20_000, Optional.empty());
    Codebook codebook =
        new LocalCodebookTrainer().train(request, vectors, TrainingMonitor.NONE).codebook();
    byte[] wanted = codes(new LocalVectorEncoder(), codebook, vectors);
    ServerConfig plain = ServerConfig.local(data);
    Storage defaults = Storage.DEFAULT;
    Storage taking =
        new Storage(defaults.fields(), defaults.versions(), defaults.bytes(), Optional.of(handoff));
    for (Storage storage : List.of(taking, defaults)) {
      ServerConfig config =
          new ServerConfig(plain.host(), 0, data, false, plain.limits(), plain.times(), storage);
      try (SidecarServer server = SidecarServer.start(config);
          SidecarConnection connection =
              SidecarConnection.open(
                  RemoteConfig.of("127.0.0.1", server.port()).withHandoff(handoff))) {
        assertArrayEquals(
            wanted,
            codes(new RemoteVectorEncoder(connection), codebook, vectors),
            storage::toString);
      }
    }
    try (Stream<Path> left = Files.list(handoff)) {
      assertEquals(List.of(), left.toList());
    }
  }
}
