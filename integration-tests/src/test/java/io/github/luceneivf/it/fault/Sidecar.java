// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it.fault;

import io.github.luceneivf.client.FallbackEncoder;
import io.github.luceneivf.client.FallbackTrainer;
import io.github.luceneivf.client.RemoteCodebookTrainer;
import io.github.luceneivf.client.RemoteConfig;
import io.github.luceneivf.client.RemoteVectorEncoder;
import io.github.luceneivf.client.SidecarConnection;
import io.github.luceneivf.client.SidecarCounters;
import io.github.luceneivf.client.SidecarException;
import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.VectorSource;
import io.github.luceneivf.codebook.AbortCheck;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.CodebookTrainer;
import io.github.luceneivf.codebook.EncodedSink;
import io.github.luceneivf.codebook.LocalCodebookTrainer;
import io.github.luceneivf.codebook.LocalVectorEncoder;
import io.github.luceneivf.codebook.TrainedCodebook;
import io.github.luceneivf.codebook.TrainingMonitor;
import io.github.luceneivf.codebook.TrainingProgress;
import io.github.luceneivf.codebook.TrainingRequest;
import io.github.luceneivf.codebook.VectorEncoder;
import io.github.luceneivf.codec.config.Ports;
import io.github.luceneivf.quantization.Encoding;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/** The sidecar as an index sees it: ports that fall back, and counters of what they did. */
final class Sidecar implements AutoCloseable {

  /** Small, so that streams have several messages. */
  private static final int CHUNK_BYTES = 64 << 10;

  private final SidecarConnection connection;
  private final SidecarCounters training = new SidecarCounters();
  private final SidecarCounters encoding = new SidecarCounters();
  private final LongAdder lostNanos = new LongAdder();
  private volatile Runnable whileTraining = () -> {};
  private volatile Runnable beforeEncoding = () -> {};

  private Sidecar(RemoteConfig config) {
    this.connection = SidecarConnection.open(config);
  }

  /** Connects, with waits that a busy machine keeps. */
  static Sidecar patient(int port) {
    Duration wait = Duration.ofSeconds(30);
    return new Sidecar(config(port, wait, wait, wait));
  }

  /** Connects, with waits that are over soon. */
  static Sidecar hasty(int port) {
    return new Sidecar(
        config(port, Duration.ofSeconds(2), Duration.ofSeconds(2), Duration.ofSeconds(2)));
  }

  /** Connects as users do. */
  static Sidecar usual(int port) {
    return new Sidecar(RemoteConfig.of("127.0.0.1", port));
  }

  private static RemoteConfig config(
      int port, Duration connect, Duration silence, Duration progress) {
    return new RemoteConfig("127.0.0.1", port, connect, silence, progress, CHUNK_BYTES);
  }

  /** Does something whenever the sidecar tells that it trains. */
  Sidecar whileTraining(Runnable action) {
    whileTraining = action;
    return this;
  }

  /** Does something whenever encoding begins. */
  Sidecar beforeEncoding(Runnable action) {
    beforeEncoding = action;
    return this;
  }

  /** Returns what trainings came to. */
  SidecarCounters training() {
    return training;
  }

  /** Returns what encodings came to. */
  SidecarCounters encoding() {
    return encoding;
  }

  /** Returns the time until the sidecar had failed, of all work that it did not do. */
  Duration lost() {
    return Duration.ofNanos(lostNanos.sum());
  }

  Ports ports() {
    return Ports.LOCAL
        .withTrainer(
            new FallbackTrainer(
                new TellingTrainer(new RemoteCodebookTrainer(connection)),
                new LocalCodebookTrainer(),
                training))
        .withEncoder(
            new FallbackEncoder(
                new TellingEncoder(new RemoteVectorEncoder(connection)),
                new LocalVectorEncoder(),
                encoding));
  }

  private final class TellingTrainer implements CodebookTrainer {
    private final CodebookTrainer trainer;

    TellingTrainer(CodebookTrainer trainer) {
      this.trainer = trainer;
    }

    @Override
    public TrainedCodebook train(
        TrainingRequest request, FloatMatrix sample, TrainingMonitor monitor) throws IOException {
      long start = System.nanoTime();
      try {
        return trainTelling(request, sample, monitor);
      } catch (SidecarException e) {
        lostNanos.add(System.nanoTime() - start);
        throw e;
      }
    }

    private TrainedCodebook trainTelling(
        TrainingRequest request, FloatMatrix sample, TrainingMonitor monitor) throws IOException {
      return trainer.train(
          request,
          sample,
          new TrainingMonitor() {
            @Override
            public void check() throws IOException {
              monitor.check();
            }

            @Override
            public void progress(TrainingProgress progress) throws IOException {
              whileTraining.run();
              monitor.progress(progress);
            }
          });
    }

    @Override
    public boolean isRemote() {
      return trainer.isRemote();
    }
  }

  private final class TellingEncoder implements VectorEncoder {
    private final VectorEncoder encoder;

    TellingEncoder(VectorEncoder encoder) {
      this.encoder = encoder;
    }

    @Override
    public void encode(
        Codebook codebook,
        Encoding encoding,
        VectorSource vectors,
        EncodedSink sink,
        AbortCheck abort)
        throws IOException {
      beforeEncoding.run();
      long start = System.nanoTime();
      try {
        encoder.encode(codebook, encoding, vectors, sink, abort);
      } catch (SidecarException e) {
        lostNanos.add(System.nanoTime() - start);
        throw e;
      }
    }
  }

  @Override
  public void close() {
    connection.close();
  }

  @Override
  public String toString() {
    return "training: " + training + ", encoding: " + encoding;
  }
}
