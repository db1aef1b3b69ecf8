// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.KMeansParams;
import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.codebook.EncodedSink;
import io.github.luceneivf.codebook.Spill;
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

  /** Share of the vectors in two lists. */
  private static final double SPILLED = 0.4;

  private SidecarData() {}

  static FloatMatrix sample() {
    return sample(6000);
  }

  static FloatMatrix sample(int rows) {
    return VectorGenerators.clusters(rows, DIM, 40, 0.3, SEED);
  }

  static TrainingRequest request(Metric metric, Encoding encoding) {
    return new TrainingRequest(
            metric, encoding, KMeansParams.of(NLIST, SEED), 100_000, Optional.empty())
        .withSpill(new Spill(SPILLED));
  }

  /** Keeps all codes. */
  static final class Collected implements EncodedSink {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final ByteArrayOutputStream second = new ByteArrayOutputStream();
    private int count;
    private int copies;

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
    public void acceptCopies(int entries, int[] ords, int[] lists, byte[] records) {
      int recordBytes = records.length / lists.length;
      for (int i = 0; i < entries; i++) {
        second.writeBytes(ByteBuffer.allocate(Long.BYTES).putInt(ords[i]).putInt(lists[i]).array());
        second.write(records, i * recordBytes, recordBytes);
      }
      copies += entries;
    }

    @Override
    public void restart() {
      bytes.reset();
      second.reset();
      count = 0;
      copies = 0;
    }

    int count() {
      return count;
    }

    /** Returns the vectors that have a second entry. */
    int copies() {
      return copies;
    }

    /** Returns all first entries, then all second ones. */
    byte[] bytes() {
      byte[] own = bytes.toByteArray();
      byte[] others = second.toByteArray();
      return ByteBuffer.allocate(own.length + others.length).put(own).put(others).array();
    }
  }
}
