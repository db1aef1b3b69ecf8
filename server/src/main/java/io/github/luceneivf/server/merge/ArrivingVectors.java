// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.merge;

import io.github.luceneivf.proto.v1.EncodeEnd;
import io.github.luceneivf.proto.v1.VectorChunk;
import io.github.luceneivf.server.rpc.FiniteCheck;
import io.github.luceneivf.server.rpc.RequestException;
import io.github.luceneivf.wire.Checksums;
import io.github.luceneivf.wire.ChunkCheck;
import io.github.luceneivf.wire.FloatBytes;
import java.util.zip.CRC32C;

/** Checks vectors as they come, on their way into a queue. Confined to the call's callbacks. */
final class ArrivingVectors {

  private final VectorQueue queue;
  private final CRC32C received = new CRC32C();
  private long ord;

  ArrivingVectors(VectorQueue queue) {
    this.queue = queue;
  }

  /**
   * Takes the next chunk.
   *
   * @throws RequestException if it is damaged, not the next one, or one too many
   */
  void add(VectorChunk chunk) {
    ChunkCheck.verify("vectors", chunk.getVectors(), chunk.getCrc32C());
    int dim = queue.dim();
    int rowBytes = dim * Float.BYTES;
    int size = chunk.getVectors().size();
    int count = size / rowBytes;
    if (count * rowBytes != size) {
      throw RequestException.invalid(
          "vectors bytes must be a multiple of " + rowBytes + ", got: " + size);
    }
    if (chunk.getFirstOrd() != ord) {
      throw RequestException.invalid("first_ord must be " + ord + ", got: " + chunk.getFirstOrd());
    }
    if (count > queue.size() - ord) {
      throw RequestException.invalid("count must be " + queue.size() + ", got: " + (ord + count));
    }
    float[] values = new float[count * dim];
    FloatBytes.copyTo(chunk.getVectors(), values, 0);
    FiniteCheck.require(values, 0, values.length, dim, ord);
    Checksums.update(received, chunk.getVectors());
    ord += count;
    queue.put(values, count);
  }

  /**
   * Takes the end.
   *
   * @throws RequestException if it is not that of what came
   */
  void finish(EncodeEnd end) {
    if (end.getCount() != ord || ord != queue.size()) {
      throw RequestException.invalid(
          "count must be " + queue.size() + ", got: " + ord + ", end says: " + end.getCount());
    }
    int crc = (int) received.getValue();
    if (end.getCrc32C() != crc) {
      throw RequestException.invalid(
          "crc32c of all vectors must be "
              + Checksums.hex(crc)
              + ", got: "
              + Checksums.hex(end.getCrc32C()));
    }
    queue.end();
  }
}
