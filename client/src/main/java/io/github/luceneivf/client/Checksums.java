package io.github.luceneivf.client;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.zip.CRC32C;

/** Checksums of what goes and comes in chunks. Stateless. */
final class Checksums {

  private Checksums() {}

  static int crc32c(ByteString bytes) {
    CRC32C crc = new CRC32C();
    update(crc, bytes);
    return (int) crc.getValue();
  }

  static void update(CRC32C crc, ByteString bytes) {
    for (ByteBuffer buffer : bytes.asReadOnlyByteBufferList()) {
      crc.update(buffer);
    }
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  static void update(MessageDigest digest, ByteString bytes) {
    for (ByteBuffer buffer : bytes.asReadOnlyByteBufferList()) {
      digest.update(buffer);
    }
  }

  /**
   * Compares the checksum of something received.
   *
   * @throws SidecarException if it differs
   */
  static void require(String name, int expected, int actual) throws SidecarException {
    if (expected != actual) {
      throw SidecarException.invalid(
          "crc32c of %s must be %08x, got: %08x".formatted(name, actual, expected));
    }
  }
}
