// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.wire;

import com.google.protobuf.ByteString;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.CodebookId;
import io.github.luceneivf.codebook.CodebookRef;
import java.util.Optional;

/** Identities and versions of codebooks as messages, and back. Stateless. */
public final class CodebookRefs {

  private CodebookRefs() {}

  /** Returns the reference to a codebook. */
  public static io.github.luceneivf.proto.v1.CodebookRef of(Codebook codebook) {
    return of(CodebookRef.of(codebook));
  }

  /** Returns a reference as a message. */
  public static io.github.luceneivf.proto.v1.CodebookRef of(CodebookRef ref) {
    return io.github.luceneivf.proto.v1.CodebookRef.newBuilder()
        .setId(bytes(ref.id()))
        .setVersion(ref.version())
        .build();
  }

  /** Returns the 32 bytes of a content hash. */
  public static ByteString bytes(CodebookId id) {
    return ByteString.copyFrom(id.bytes());
  }

  /**
   * Reads a reference.
   *
   * @param name what it is called
   * @throws WireException if the id does not have 32 bytes, or the version cannot be followed by
   *     another
   */
  public static CodebookRef read(String name, io.github.luceneivf.proto.v1.CodebookRef ref) {
    WireException.requireRange(name + " version", ref.getVersion(), 1, Integer.MAX_VALUE - 1);
    return new CodebookRef(id(name + " id", ref.getId()), ref.getVersion());
  }

  /**
   * Reads a content hash.
   *
   * @param name what it is called
   * @throws WireException if it does not have 32 bytes
   */
  public static CodebookId id(String name, ByteString bytes) {
    WireException.requireRange(name + " bytes", bytes.size(), CodebookId.BYTES, CodebookId.BYTES);
    return CodebookId.of(bytes.toByteArray());
  }

  /**
   * Reads a content hash that may be left out.
   *
   * @return empty if there are no bytes
   * @throws WireException if there are others than 32
   */
  public static Optional<CodebookId> optionalId(String name, ByteString bytes) {
    return bytes.isEmpty() ? Optional.empty() : Optional.of(id(name, bytes));
  }
}
