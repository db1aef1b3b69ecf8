// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.KMeansParams;
import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.codebook.EncodedSink;
import io.github.luceneivf.codebook.TrainingRequest;
import io.github.luceneivf.quantization.Encoding;
import io.github.luceneivf.testdata.VectorGenerators;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Optional;

/** What the sidecar tests train from. */
final class SidecarData {

  static final int DIM = 48;
  static final int NLIST = 24;
  static final long SEED = 20261122;

  private SidecarData() {}

  static FloatMatrix sample() {
    return sample(6000);
  }

  static FloatMatrix sample(int rows) {
    return VectorGenerators.clusters(rows, DIM, 40, 0.3, SEED);
  }

  static TrainingRequest request(Metric metric, Encoding encoding) {
    return new TrainingRequest(
        metric, encoding, KMeansParams.of(NLIST, SEED), 100_000, Optional.empty());
  }

  /** Keeps all codes. */
  static final class Collected implements EncodedSink {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private int count;

    @Override
    public void accept(int firstOrd, int vectors, int[] lists, byte[] records) {
      if (firstOrd != count) {
        throw new IllegalStateException("firstOrd must be " + count + ", got: " + firstOrd);
      }
      int recordBytes = records.length / lists.length;
      for (int i = 0; i < vectors; i++) {
        bytes.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(lists[i]).array());
        bytes.write(records, i * recordBytes, recordBytes);
      }
      count += vectors;
    }

    @Override
    public void restart() {
      bytes.reset();
      count = 0;
    }

    int count() {
      return count;
    }

    byte[] bytes() {
      return bytes.toByteArray();
    }
  }
}
