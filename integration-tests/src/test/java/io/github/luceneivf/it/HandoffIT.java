// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.luceneivf.client.RemoteConfig;
import io.github.luceneivf.client.RemoteVectorEncoder;
import io.github.luceneivf.client.SidecarConnection;
import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.KMeansParams;
import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.clustering.VectorSource;
import io.github.luceneivf.codebook.AbortCheck;
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
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Vectors that are handed over in files give the codes that sent ones give. */
class HandoffIT {

  private static final int DIM = 24;
  private static final int ROWS = 20_000;

  @TempDir Path data;
  @TempDir Path handoff;

  private static FloatMatrix vectors() {
    Random random = new Random(6);
    float[] values = new float[ROWS * DIM];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
    return new FloatMatrix(values, ROWS, DIM);
  }

  private static Codebook codebook(FloatMatrix vectors) throws IOException {
    TrainingRequest request =
        new TrainingRequest(
            Metric.EUCLIDEAN, Encoding.BIT1, KMeansParams.of(16, 1), ROWS, Optional.empty());
    return new LocalCodebookTrainer().train(request, vectors, TrainingMonitor.NONE).codebook();
  }

  private static byte[] codes(VectorEncoder encoder, Codebook codebook, VectorSource vectors)
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
          public void acceptCopies(int count, int[] ords, int[] lists, byte[] records) {
            throw new AssertionError("no vector is in two lists here");
          }

          @Override
          public void restart() {
            all.reset();
          }
        };
    encoder.encode(codebook, Encoding.BIT1, vectors, sink, AbortCheck.NONE);
    return all.toByteArray();
  }

  private SidecarServer server(Storage storage) throws IOException {
    ServerConfig plain = ServerConfig.local(data);
    return SidecarServer.start(
        new ServerConfig(plain.host(), 0, data, false, plain.limits(), plain.times(), storage));
  }

  private static Storage taking(Path root) {
    Storage defaults = Storage.DEFAULT;
    return new Storage(defaults.fields(), defaults.versions(), defaults.bytes(), Optional.of(root));
  }

  private SidecarConnection connection(SidecarServer server) {
    return SidecarConnection.open(RemoteConfig.of("127.0.0.1", server.port()).withHandoff(handoff));
  }

  private List<Path> filesLeft() throws IOException {
    try (Stream<Path> files = Files.list(handoff)) {
      return files.toList();
    }
  }

  @Test
  void filesGiveTheSameCodesAndAreSentWhereTheyAreNotTaken() throws Exception {
    FloatMatrix vectors = vectors();
    Codebook codebook = codebook(vectors);
    byte[] wanted = codes(new LocalVectorEncoder(), codebook, vectors.asSource());
    for (Storage storage : List.of(taking(handoff), Storage.DEFAULT)) {
      try (SidecarServer server = server(storage);
          SidecarConnection connection = connection(server)) {
        assertArrayEquals(
            wanted,
            codes(new RemoteVectorEncoder(connection), codebook, vectors.asSource()),
            storage::toString);
      }
    }
    assertEquals(List.of(), filesLeft());
  }

  /** That is found out when codes of its first vectors have arrived, which must not count. */
  @Test
  void vectorsOfAFileThatChangedAreSentFromTheBeginning() throws Exception {
    FloatMatrix vectors = vectors();
    Codebook codebook = codebook(vectors);
    byte[] wanted = codes(new LocalVectorEncoder(), codebook, vectors.asSource());
    try (SidecarServer server = server(taking(handoff));
        SidecarConnection connection = connection(server)) {
      byte[] codes =
          codes(new RemoteVectorEncoder(connection), codebook, damaging(vectors.asSource()));
      assertArrayEquals(wanted, codes);
    }
    assertEquals(List.of(), filesLeft());
  }

  /** Vectors whose file is damaged as soon as it is written. */
  private VectorSource damaging(VectorSource vectors) {
    return new VectorSource() {
      @Override
      public int size() {
        return vectors.size();
      }

      @Override
      public int dim() {
        return vectors.dim();
      }

      @Override
      public void forEachBatch(int batchSize, BatchConsumer consumer) throws IOException {
        vectors.forEachBatch(batchSize, consumer);
        for (Path file : filesLeft()) {
          flipLastByte(file);
        }
      }
    };
  }

  private static void flipLastByte(Path file) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer last = ByteBuffer.allocate(1);
      channel.read(last, channel.size() - 1);
      last.put(0, (byte) ~last.get(0));
      channel.write(last.rewind(), channel.size() - 1);
    }
  }
}
