// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.wire;

import com.google.protobuf.ByteString;
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

  /** Returns 8 hexadecimal digits. */
  public static String hex(int crc32c) {
    return "%08x".formatted(crc32c);
  }
}
