// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.data;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes the formats that {@link VecsFile} reads. Not thread-safe. */
final class VecsWriter implements Closeable {

  private static final int BUFFER_BYTES = 1 << 20;

  private final OutputStream out;

  VecsWriter(Path file) throws IOException {
    out = new BufferedOutputStream(Files.newOutputStream(file), BUFFER_BYTES);
  }

  void row(float[] values) throws IOException {
    byte[] row = new byte[Integer.BYTES + Math.multiplyExact(values.length, Float.BYTES)];
    start(row, values.length).asFloatBuffer().put(values);
    out.write(row);
  }

  void row(int[] values) throws IOException {
    byte[] row = new byte[Integer.BYTES + Math.multiplyExact(values.length, Integer.BYTES)];
    start(row, values.length).asIntBuffer().put(values);
    out.write(row);
  }

  void row(byte[] values) throws IOException {
    byte[] row = new byte[Integer.BYTES + values.length];
    start(row, values.length).put(values);
    out.write(row);
  }

  /** Puts the length in front and returns a buffer of the rest. */
  private static ByteBuffer start(byte[] row, int length) {
    return ByteBuffer.wrap(row).order(ByteOrder.LITTLE_ENDIAN).putInt(length);
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
