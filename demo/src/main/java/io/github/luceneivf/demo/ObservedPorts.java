// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.demo;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.VectorSource;
import io.github.luceneivf.codebook.AbortCheck;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.CodebookTrainer;
import io.github.luceneivf.codebook.EncodedSink;
import io.github.luceneivf.codebook.TrainedCodebook;
import io.github.luceneivf.codebook.TrainingMonitor;
import io.github.luceneivf.codebook.TrainingRequest;
import io.github.luceneivf.codebook.VectorEncoder;
import io.github.luceneivf.quantization.Encoding;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;

/** Ports that tell of every call, and else do what the ports they wrap do. */
final class ObservedPorts {

  private ObservedPorts() {}

  /** Observes a trainer; {@code trained} is told of each codebook. */
  static CodebookTrainer observe(
      CodebookTrainer trainer,
      PortCall.Place place,
      Consumer<PortCall> log,
      Consumer<TrainedCodebook> trained) {
    return new CodebookTrainer() {
      @Override
      public TrainedCodebook train(
          TrainingRequest request, FloatMatrix sample, TrainingMonitor monitor) throws IOException {
        Call call = new Call(PortCall.Work.TRAIN, place, sample.rows(), log);
        try (call) {
          TrainedCodebook codebook = trainer.train(request, sample, monitor);
          trained.accept(codebook);
          call.succeed();
          return codebook;
        }
      }

      @Override
      public boolean isRemote() {
        return trainer.isRemote();
      }
    };
  }

  /** Observes an encoder. */
  static VectorEncoder observe(
      VectorEncoder encoder, PortCall.Place place, Consumer<PortCall> log) {
    return new VectorEncoder() {
      @Override
      public void encode(
          Codebook codebook,
          Encoding encoding,
          VectorSource vectors,
          EncodedSink sink,
          AbortCheck abort)
          throws IOException {
        Call call = new Call(PortCall.Work.ENCODE, place, vectors.size(), log);
        try (call) {
          encoder.encode(codebook, encoding, vectors, sink, abort);
          call.succeed();
        }
      }
    };
  }

  /** Logs a call when it ends, however it ends. */
  private static final class Call implements AutoCloseable {

    private final PortCall.Work work;
    private final PortCall.Place place;
    private final int vectors;
    private final Consumer<PortCall> log;
    private final long start = System.nanoTime();
    private boolean done;

    private Call(PortCall.Work work, PortCall.Place place, int vectors, Consumer<PortCall> log) {
      this.work = work;
      this.place = place;
      this.vectors = vectors;
      this.log = log;
    }

    private void succeed() {
      done = true;
    }

    @Override
    public void close() {
      Duration time = Duration.ofNanos(System.nanoTime() - start);
      log.accept(new PortCall(work, place, done, vectors, time));
    }
  }
}
