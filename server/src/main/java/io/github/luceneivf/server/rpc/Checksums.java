package io.github.luceneivf.server.rpc;

import com.google.protobuf.ByteString;
import io.github.luceneivf.server.config.Limits;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.zip.CRC32C;

/** Checksums of what comes and goes in chunks. Stateless. */
public final class Checksums {

  /** Bytes of a SHA-256. */
  public static final int SHA256_BYTES = 32;

  private Checksums() {}

  /** Returns the CRC-32C of some bytes. */
  public static int crc32c(ByteString bytes) {
    CRC32C crc = new CRC32C();
    update(crc, bytes);
    return (int) crc.getValue();
  }

  /** Continues a CRC-32C. */
  public static void update(CRC32C crc, ByteString bytes) {
    for (ByteBuffer buffer : bytes.asReadOnlyByteBufferList()) {
      crc.update(buffer);
    }
  }

  /** Returns a new SHA-256. */
  public static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  /** Continues a digest. */
  public static void update(MessageDigest digest, ByteString bytes) {
    for (ByteBuffer buffer : bytes.asReadOnlyByteBufferList()) {
      digest.update(buffer);
    }
  }

  /**
   * Checks the size and the checksum of a chunk.
   *
   * @param name of the chunk's bytes
   * @throws RequestException if it is empty, too large, or damaged
   */
  public static void verifyChunk(String name, ByteString bytes, int crc32c) {
    RequestException.requireRange(name + " bytes", bytes.size(), 1, Limits.MAX_CHUNK_BYTES);
    int actual = crc32c(bytes);
    if (actual != crc32c) {
      throw RequestException.invalid(
          "crc32c of " + name + " must be " + hex(actual) + ", got: " + hex(crc32c));
    }
  }

  /** Returns 8 hexadecimal digits. */
  public static String hex(int crc32c) {
    return "%08x".formatted(crc32c);
  }
}
