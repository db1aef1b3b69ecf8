// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codebook;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Content hash of a codebook: SHA-256 of everything that codes depend on. Codebooks with equal ids
 * give equal codes, whatever their version. Immutable.
 */
public final class CodebookId {

  /** Bytes of an id. */
  public static final int BYTES = 32;

  private final byte[] hash;

  private CodebookId(byte[] hash) {
    this.hash = hash;
  }

  /**
   * Wraps a hash.
   *
   * @param hash [32], copied
   * @throws IllegalArgumentException if the length is not 32
   */
  public static CodebookId of(byte[] hash) {
    if (hash.length != BYTES) {
      throw new IllegalArgumentException("id must have 32 bytes, got: " + hash.length);
    }
    return new CodebookId(hash.clone());
  }

  /** Returns the hash of some content. */
  public static CodebookId hashOf(byte[] content) {
    return hashOf(content, 0, content.length);
  }

  /** Returns the hash of {@code length} bytes from {@code offset} on. */
  static CodebookId hashOf(byte[] bytes, int offset, int length) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(bytes, offset, length);
      return new CodebookId(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  /** Returns a copy of the 32 bytes. */
  public byte[] bytes() {
    return hash.clone();
  }

  /** Returns the first 12 hexadecimal digits, enough for logs. */
  public String shortHex() {
    return toString().substring(0, 12);
  }

  /** Returns the 64 hexadecimal digits. */
  @Override
  public String toString() {
    return HexFormat.of().formatHex(hash);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CodebookId id && Arrays.equals(hash, id.hash);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(hash);
  }
}
