// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.client;

import com.google.protobuf.ByteString;
import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.codebook.AbortCheck;
import io.github.luceneivf.codebook.TrainingRequest;
import io.github.luceneivf.proto.v1.CreateTrainingJobRequest;
import io.github.luceneivf.proto.v1.ProtocolVersion;
import io.github.luceneivf.wire.Checksums;
import io.github.luceneivf.wire.FloatBytes;
import io.github.luceneivf.wire.SpecMessages;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;

/** A sample on its way to the sidecar. Immutable but for the matrix it shares. */
final class SampleMessages {

  /** Floats hashed at a time. */
  private static final int HASHED_FLOATS = 1 << 14;

  private final FloatMatrix sample;
  private final int rowsPerChunk;

  /**
   * Creates the messages of a sample.
   *
   * @param chunkBytes most bytes of a chunk, unless one row has more
   */
  SampleMessages(FloatMatrix sample, int chunkBytes) {
    this.sample = sample;
    this.rowsPerChunk = Math.max(1, chunkBytes / (sample.dim() * Float.BYTES));
  }

  /** Receives the rows of a chunk. */
  interface ChunkConsumer {
    void accept(int firstRow, ByteString vectors) throws IOException;
  }

  /** Pushes the sample in chunks of whole rows. */
  void forEachChunk(ChunkConsumer consumer) throws IOException {
    for (int row = 0; row < sample.rows(); row += rowsPerChunk) {
      int count = Math.min(rowsPerChunk, sample.rows() - row);
      consumer.accept(
          row, FloatBytes.toBytes(sample.values(), row * sample.dim(), count * sample.dim()));
    }
  }

  /** Returns the SHA-256 of the sample. */
  ByteString hash(AbortCheck abort) throws IOException {
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

  /** Returns the request for a job. */
  CreateTrainingJobRequest createJob(TrainingRequest request, ByteString hash) {
    SpecMessages.Spec spec =
        new SpecMessages.Spec(
            request,
            sample.dim(),
            sample.rows(),
            Optional.of(HexFormat.of().formatHex(hash.toByteArray())),
            request.warmStart().map(parent -> parent.toBytes().length).orElse(0));
    return CreateTrainingJobRequest.newBuilder()
        .setProtocolVersion(ProtocolVersion.PROTOCOL_VERSION_1)
        .setSpec(SpecMessages.asked(spec))
        .build();
  }
}
