// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.demo;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Embeddings in a file, so that a second run is fast. One file for each model and list of texts,
 * named by their hash. It holds, little-endian: magic, rows, dim (4 bytes each), the key (32
 * bytes), rows × dim floats, CRC-32C of all that (8 bytes). Written to the side and moved into
 * place, so that a run that is stopped leaves no half file.
 */
final class EmbeddingCache {

  private static final int MAGIC = 0x31455649; // IVE1
  private static final int HEADER_BYTES = 3 * Integer.BYTES + 32;
  private static final int BATCH_ROWS = 1024;

  private final Path file;
  private final byte[] key;
  private final int rows;
  private final int dim;

  /** Names the file of some texts in {@code folder}; touches no disk. */
  EmbeddingCache(Path folder, String model, int dim, List<String> texts) {
    this.key = hash(model, texts);
    this.rows = texts.size();
    this.dim = dim;
    this.file = folder.resolve("embeddings-" + HexFormat.of().formatHex(key, 0, 8) + ".bin");
  }

  /** What the file holds. */
  sealed interface Content {
    /** Intact embeddings [rows][dim]. */
    @SuppressWarnings("ArrayRecordComponent") // handed on, not kept
    record Found(float[][] vectors) implements Content {}

    /** There is no file. */
    record Missing() implements Content {}

    /** There is a file that cannot be used, and why. */
    record Damaged(String reason) implements Content {}
  }

  /** Returns the file. */
  Path file() {
    return file;
  }

  /**
   * Reads the embeddings.
   *
   * @throws IOException if the disk fails; a file of other content is {@link Content.Damaged}
   */
  Content read() throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long expected = HEADER_BYTES + (long) rows * dim * Float.BYTES + Long.BYTES;
      if (channel.size() != expected) {
        return new Content.Damaged("expected " + expected + " bytes, got: " + channel.size());
      }
      CRC32C crc = new CRC32C();
      ByteBuffer header = fill(channel, HEADER_BYTES, crc);
      byte[] stored = new byte[32];
      boolean fits = header.getInt() == MAGIC && header.getInt() == rows && header.getInt() == dim;
      header.get(stored);
      if (!fits || !MessageDigest.isEqual(stored, key)) {
        return new Content.Damaged("it belongs to other texts");
      }
      float[][] vectors = new float[rows][dim];
      for (int from = 0; from < rows; from += BATCH_ROWS) {
        int count = Math.min(BATCH_ROWS, rows - from);
        ByteBuffer bytes = fill(channel, count * dim * Float.BYTES, crc);
        for (int row = from; row < from + count; row++) {
          bytes.asFloatBuffer().get(vectors[row]);
          bytes.position(bytes.position() + dim * Float.BYTES);
        }
      }
      long checksum = crc.getValue();
      return fill(channel, Long.BYTES, crc).getLong() == checksum
          ? new Content.Found(vectors)
          : new Content.Damaged("its checksum is wrong");
    } catch (NoSuchFileException _) {
      return new Content.Missing();
    }
  }

  /** Writes embeddings [rows][dim], over what is there. */
  void write(float[][] vectors) throws IOException {
    if (vectors.length != rows) {
      throw new IllegalArgumentException("vectors must be " + rows + ", got: " + vectors.length);
    }
    Path folder = file.toAbsolutePath().getParent();
    Files.createDirectories(folder);
    Path temporary = Files.createTempFile(folder, "embeddings-", ".tmp");
    try {
      try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
        CRC32C crc = new CRC32C();
        drain(channel, buffer(HEADER_BYTES).putInt(MAGIC).putInt(rows).putInt(dim).put(key), crc);
        for (int from = 0; from < rows; from += BATCH_ROWS) {
          int count = Math.min(BATCH_ROWS, rows - from);
          ByteBuffer bytes = buffer(count * dim * Float.BYTES);
          for (int row = from; row < from + count; row++) {
            bytes.asFloatBuffer().put(vectors[row]);
            bytes.position(bytes.position() + dim * Float.BYTES);
          }
          drain(channel, bytes, crc);
        }
        drain(channel, buffer(Long.BYTES).putLong(crc.getValue()), crc);
      }
      Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static ByteBuffer fill(FileChannel channel, int bytes, CRC32C crc) throws IOException {
    ByteBuffer buffer = buffer(bytes);
    while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
      // goes on until the buffer is full
    }
    if (buffer.hasRemaining()) {
      throw new IOException("embeddings end early, " + buffer.remaining() + " bytes are missing");
    }
    buffer.flip();
    crc.update(buffer.duplicate());
    return buffer;
  }

  private static void drain(FileChannel channel, ByteBuffer buffer, CRC32C crc) throws IOException {
    buffer.flip();
    crc.update(buffer.duplicate());
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  private static byte[] hash(String model, List<String> texts) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(model.getBytes(StandardCharsets.UTF_8));
      for (String text : texts) {
        digest.update((byte) 0);
        digest.update(text.getBytes(StandardCharsets.UTF_8));
      }
      return digest.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
