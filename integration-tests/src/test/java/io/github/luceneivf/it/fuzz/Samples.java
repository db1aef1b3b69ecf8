// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it.fuzz;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.KMeansParams;
import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.codebook.LocalCodebookTrainer;
import io.github.luceneivf.codebook.TrainedCodebook;
import io.github.luceneivf.codebook.TrainingMonitor;
import io.github.luceneivf.codebook.TrainingRequest;
import io.github.luceneivf.quantization.Encoding;
import io.github.luceneivf.testdata.VectorGenerators;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/** Small things that are right, for inputs to begin with. Stateless. */
final class Samples {

  static final int DIM = 4;
  static final int ROWS = 300;
  static final int NLIST = 4;

  private Samples() {}

  static FloatMatrix rows() {
    return VectorGenerators.clusters(ROWS, DIM, NLIST, 0.5, 42);
  }

  /** Trains a codebook, the same each time. */
  static TrainedCodebook trained(Encoding encoding) {
    TrainingRequest request =
        new TrainingRequest(
            Metric.EUCLIDEAN, encoding, KMeansParams.of(NLIST, 7), ROWS, Optional.empty());
    try {
      return new LocalCodebookTrainer(1).train(request, rows(), TrainingMonitor.NONE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns a first byte, then parts, each after its length in two bytes. */
  static byte[] input(int first, List<byte[]> parts) {
    ByteArrayOutputStream input = new ByteArrayOutputStream();
    input.write(first);
    for (byte[] part : parts) {
      input.write(part.length >> 8);
      input.write(part.length);
      input.writeBytes(part);
    }
    return input.toByteArray();
  }

  /** Returns the parts of an input; the last one may be shorter than it says. */
  static List<byte[]> parts(byte[] input) {
    List<byte[]> parts = new ArrayList<>();
    for (int at = 1; at + 2 <= input.length; ) {
      int length = (Byte.toUnsignedInt(input[at]) << 8) | Byte.toUnsignedInt(input[at + 1]);
      int to = Math.min(at + 2 + length, input.length);
      parts.add(Arrays.copyOfRange(input, at + 2, to));
      at = to;
    }
    return parts;
  }

  /** Puts the checksum that a codebook ends with, if there is room for one. */
  static void sealCodebook(byte[] codebook) {
    int at = codebook.length - Integer.BYTES;
    if (at >= 0) {
      putLittleEndian(codebook, at, crc32c(codebook, at));
    }
  }

  static void putLittleEndian(byte[] bytes, int at, int value) {
    ByteBuffer.wrap(bytes).putInt(at, Integer.reverseBytes(value));
  }

  static int crc32c(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }
}
