package io.github.luceneivf.client;

import com.google.protobuf.ByteString;
import io.github.luceneivf.clustering.VectorSource;
import io.github.luceneivf.codebook.AbortCheck;
import io.github.luceneivf.proto.Checksums;
import io.github.luceneivf.proto.FloatBytes;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import java.util.zip.CRC32C;

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
   * @throws IOException if they cannot be read or written, or {@code abort} says so; nothing is
   *     left then
   */
  static HandoffFile write(Path directory, VectorSource vectors, int chunkBytes, AbortCheck abort)
      throws IOException {
    Path file = directory.resolve("ivf-" + UUID.randomUUID());
    CRC32C crc = new CRC32C();
    int rows = Math.max(1, chunkBytes / (vectors.dim() * Float.BYTES));
    boolean written = false;
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      vectors.forEachBatch(
          rows,
          (values, firstOrd, count) -> {
            abort.check();
            ByteString bytes = FloatBytes.toBytes(values, 0, count * vectors.dim());
            Checksums.update(crc, bytes);
            ByteBuffer buffer = bytes.asReadOnlyByteBuffer();
            while (buffer.hasRemaining()) {
              channel.write(buffer);
            }
          });
      written = true;
      return new HandoffFile(file, (int) crc.getValue());
    } finally {
      if (!written) {
        Files.deleteIfExists(file);
      }
    }
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
