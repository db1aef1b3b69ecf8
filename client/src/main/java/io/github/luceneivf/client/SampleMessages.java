// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.client;

import com.google.protobuf.ByteString;
import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.codebook.AbortCheck;
import io.github.luceneivf.proto.v1.SampleChunk;
import io.github.luceneivf.wire.Checksums;
import io.github.luceneivf.wire.FloatBytes;
import io.github.luceneivf.wire.SpecMessages;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;

/** Vectors of a training on their way to the sidecar. Immutable but for the matrix they share. */
final class SampleMessages {

  /** Floats hashed at a time. */
  private static final int HASHED_FLOATS = 1 << 14;

  private final FloatMatrix sample;
  private final int rowsPerChunk;

  /**
   * Creates the messages of a sample, or of queries.
   *
   * @param chunkBytes most bytes of a chunk, unless one row has more
   */
  SampleMessages(FloatMatrix sample, int chunkBytes) {
    this.sample = sample;
    this.rowsPerChunk = Math.max(1, chunkBytes / (sample.dim() * Float.BYTES));
  }

  /** Receives chunks. */
  interface ChunkConsumer {
    void accept(SampleChunk chunk) throws IOException;
  }

  /** Pushes the vectors in chunks of whole rows. */
  void forEachChunk(ChunkConsumer consumer) throws IOException {
    for (int row = 0; row < sample.rows(); row += rowsPerChunk) {
      int count = Math.min(rowsPerChunk, sample.rows() - row);
      ByteString vectors =
          FloatBytes.toBytes(sample.values(), row * sample.dim(), count * sample.dim());
      consumer.accept(
          SampleChunk.newBuilder()
              .setFirstRow(row)
              .setVectors(vectors)
              .setCrc32C(Checksums.crc32c(vectors))
              .build());
    }
  }

  /** Returns the SHA-256 of the vectors, one after the other; empty if there are none. */
  ByteString hash(AbortCheck abort) throws IOException {
    if (sample.rows() == 0) {
      return ByteString.EMPTY;
    }
    MessageDigest digest = Checksums.sha256();
    int values = sample.rows() * sample.dim();
    byte[] bytes = new byte[Float.BYTES * Math.min(HASHED_FLOATS, values)];
    int count;
    for (int from = 0; from < values; from += count) {
      abort.check();
      count = Math.min(HASHED_FLOATS, values - from);
      FloatBytes.toBytes(sample.values(), from, count, bytes);
      digest.update(bytes, 0, count * Float.BYTES);
    }
    return ByteString.copyFrom(digest.digest());
  }

  /** Returns what a job is told of the vectors before they come. */
  SpecMessages.Rows announced(ByteString hash) {
    return sample.rows() == 0
        ? SpecMessages.Rows.NONE
        : new SpecMessages.Rows(
            sample.rows(), Optional.of(HexFormat.of().formatHex(hash.toByteArray())));
  }
}
