package io.github.luceneivf.client;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.github.luceneivf.proto.Checksums;
import io.github.luceneivf.proto.v1.CodebookChunk;
import java.util.Iterator;
import java.util.NoSuchElementException;

/** A codebook on its way to the sidecar. Stateless. */
final class CodebookChunks {

  private CodebookChunks() {}

  /**
   * Returns the pieces of a codebook, made one by one.
   *
   * @param codebook binary form, shared and not to be modified
   * @param chunkBytes most bytes of a piece
   */
  static Iterable<CodebookChunk> of(byte[] codebook, int chunkBytes) {
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
            int count = Math.min(chunkBytes, codebook.length - from);
            ByteString data = UnsafeByteOperations.unsafeWrap(codebook, from, count);
            CodebookChunk chunk =
                CodebookChunk.newBuilder()
                    .setOffset(from)
                    .setData(data)
                    .setCrc32C(Checksums.crc32c(data))
                    .build();
            from += count;
            return chunk;
          }
        };
  }
}
