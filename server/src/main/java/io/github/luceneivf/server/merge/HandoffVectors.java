// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.merge;

import io.github.luceneivf.clustering.VectorSource;
import io.github.luceneivf.server.rpc.FiniteCheck;
import io.github.luceneivf.server.rpc.RequestException;
import io.github.luceneivf.wire.Checksums;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.zip.CRC32C;

/** Vectors of a file that a client handed over. Confined to the encoder's thread; read once. */
final class HandoffVectors implements VectorSource, Closeable {

  /** Bytes read at a time, and held twice: as bytes and as floats. */
  static final int READ_BYTES = 4 << 20;

  private final FileChannel file;
  private final int size;
  private final int dim;
  private final int crc32c;

  /**
   * Takes over an open file.
   *
   * @param file [size × dim] little-endian floats; closed with this
   * @param crc32c checksum of the whole
   */
  HandoffVectors(FileChannel file, int size, int dim, int crc32c) {
    this.file = file;
    this.size = size;
    this.dim = dim;
    this.crc32c = crc32c;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public int dim() {
    return dim;
  }

  @Override
  public void forEachBatch(int batchSize, BatchConsumer consumer) throws IOException {
    int rows = Math.max(1, READ_BYTES / (dim * Float.BYTES));
    int most = Math.max(1, Math.min(Math.min(batchSize, rows), size));
    ByteBuffer bytes =
        ByteBuffer.allocateDirect(Math.multiplyExact(most * Float.BYTES, dim))
            .order(ByteOrder.LITTLE_ENDIAN);
    float[] values = new float[most * dim];
    CRC32C crc = new CRC32C();
    for (int ord = 0; ord < size; ord += most) {
      int count = Math.min(most, size - ord);
      read(bytes.clear().limit(count * dim * Float.BYTES));
      crc.update(bytes.duplicate().flip());
      bytes.flip().asFloatBuffer().get(values, 0, count * dim);
      FiniteCheck.require(values, 0, count * dim, dim, ord);
      consumer.accept(values, ord, count);
    }
    if ((int) crc.getValue() != crc32c) {
      throw RequestException.invalid(
          "handoff_crc32c must be "
              + Checksums.hex((int) crc.getValue())
              + ", got: "
              + Checksums.hex(crc32c));
    }
  }

  private void read(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      if (file.read(bytes) < 0) {
        throw RequestException.precondition("handoff_file was cut short while it was read");
      }
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
