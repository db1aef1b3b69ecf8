// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.proto.v1.CodebookChunk;
import io.github.luceneivf.proto.v1.CodebookHeader;
import java.util.Iterator;
import java.util.NoSuchElementException;

/** A codebook on its way: a header, then its binary form in pieces. Stateless. */
public final class CodebookChunks {

  private CodebookChunks() {}

  /**
   * Returns what comes before the pieces of a codebook.
   *
   * @param bytes its binary form
   */
  public static CodebookHeader header(Codebook codebook, byte[] bytes) {
    return CodebookHeader.newBuilder()
        .setCodebook(CodebookRefs.of(codebook))
        .setSizeBytes(bytes.length)
        .setSha256(sha256(bytes))
        .build();
  }

  /** Returns the SHA-256 of a binary form. */
  public static ByteString sha256(byte[] bytes) {
    return ByteString.copyFrom(Checksums.sha256().digest(bytes));
  }

  /**
   * Returns the pieces of a codebook, made one by one.
   *
   * @param codebook binary form, shared and not to be modified
   * @param most bytes of a piece, at least 1
   */
  public static Iterable<CodebookChunk> of(byte[] codebook, int most) {
    return () ->
        new Iterator<>() {
          private int from;

          @Override
          public boolean hasNext() {
            return from < codebook.length;
          }

          @Override
          public CodebookChunk next() {
            if (!hasNext()) {
              throw new NoSuchElementException("no chunk at " + from);
            }
            CodebookChunk chunk = at(codebook, from, most);
            from += chunk.getData().size();
            return chunk;
          }
        };
  }

  /**
   * Returns one piece of a codebook.
   *
   * @param codebook binary form, shared and not to be modified
   * @param from where the piece begins, below the length of {@code codebook}
   * @param most bytes of the piece, at least 1
   */
  public static CodebookChunk at(byte[] codebook, int from, int most) {
    int count = Math.min(most, codebook.length - from);
    ByteString data = UnsafeByteOperations.unsafeWrap(codebook, from, count);
    return CodebookChunk.newBuilder()
        .setOffset(from)
        .setData(data)
        .setCrc32C(Checksums.crc32c(data))
        .build();
  }
}
