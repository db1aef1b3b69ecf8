// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.client;

import com.google.protobuf.ByteString;
import io.github.luceneivf.clustering.VectorSource;
import io.github.luceneivf.codebook.AbortCheck;
import io.github.luceneivf.wire.Checksums;
import io.github.luceneivf.wire.FloatBytes;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Vectors in a file that the sidecar reads; deleted when it is closed. Not thread-safe. */
final class HandoffFile implements Closeable {

  private static final System.Logger LOG = System.getLogger(HandoffFile.class.getName());

  private final Path file;
  private final int crc32c;

  private HandoffFile(Path file, int crc32c) {
    this.file = file;
    this.crc32c = crc32c;
  }

  /**
   * Writes vectors.
   *
   * @param chunkBytes most bytes written at a time, unless one vector has more
   * @throws SidecarException with {@code REFUSED} if they cannot be written; nothing is left then
   * @throws IOException if they cannot be read, or {@code abort} says so; nothing is left then
   */
  static HandoffFile write(Path directory, VectorSource vectors, int chunkBytes, AbortCheck abort)
      throws IOException {
    Path file = directory.resolve("ivf-" + UUID.randomUUID());
    CRC32C crc = new CRC32C();
    int rows = Math.max(1, chunkBytes / (vectors.dim() * Float.BYTES));
    @Nullable SidecarException[] failure = {null};
    boolean written = false;
    try (FileChannel channel = create(file)) {
      vectors.forEachBatch(
          rows,
          (values, firstOrd, count) -> {
            abort.check();
            ByteString bytes = FloatBytes.toBytes(values, 0, count * vectors.dim());
            Checksums.update(crc, bytes);
            try {
              write(channel, bytes.asReadOnlyByteBuffer());
            } catch (IOException e) {
              failure[0] = refused(e);
              throw failure[0];
            }
          });
      written = true;
      return new HandoffFile(file, (int) crc.getValue());
    } catch (IOException e) {
      // A source may wrap what came out of the consumer.
      throw failure[0] == null ? e : failure[0];
    } finally {
      if (!written) {
        Files.deleteIfExists(file);
      }
    }
  }

  private static FileChannel create(Path file) throws SidecarException {
    try {
      return FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw refused(e);
    }
  }

  private static void write(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /** The vectors are sent then. */
  private static SidecarException refused(IOException e) {
    return new SidecarException(
        SidecarException.Reason.REFUSED, "vectors cannot be handed over: " + e, e);
  }

  String name() {
    return String.valueOf(file.getFileName());
  }

  int crc32c() {
    return crc32c;
  }

  @Override
  public void close() {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "file was not deleted: " + file, e);
    }
  }
}
