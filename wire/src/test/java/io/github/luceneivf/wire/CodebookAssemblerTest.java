// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.CodebookId;
import io.github.luceneivf.proto.v1.CodebookChunk;
import io.github.luceneivf.proto.v1.CodebookHeader;
import java.io.IOException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class CodebookAssemblerTest {

  private static Codebook codebook;
  private static byte[] bytes;

  @BeforeAll
  static void train() throws IOException {
    codebook = TestCodebooks.trained().codebook();
    bytes = codebook.toBytes();
  }

  private static void assertRefused(String text, Runnable action) {
    assertEquals(text, assertThrows(WireException.class, action::run).getMessage());
  }

  @Test
  void chunksOfAnySizeGiveTheCodebook() {
    CodebookHeader header = CodebookChunks.header(codebook, bytes);
    for (int size : new int[] {1, 7, bytes.length - 1, bytes.length, bytes.length + 1}) {
      CodebookAssembler assembler = new CodebookAssembler(header.getSizeBytes(), bytes.length);
      for (CodebookChunk chunk : CodebookChunks.of(bytes, size)) {
        assertFalse(assembler.isComplete());
        assembler.add(chunk);
      }
      assertTrue(assembler.isComplete());
      assembler.requireSha256(header.getSha256());
      CodebookId id = CodebookRefs.id("codebook_id", header.getCodebook().getId());
      assertEquals(codebook.id(), assembler.read(id).id());
    }
  }

  @Test
  void moreThanFitsTheFirstBufferArrives() {
    byte[] large = new byte[9 << 20];
    for (int i = 0; i < large.length; i++) {
      large[i] = (byte) (i >> 10);
    }
    CodebookAssembler assembler = new CodebookAssembler(large.length);
    CodebookChunks.of(large, ChunkCheck.MAX_BYTES).forEach(assembler::add);
    assertTrue(assembler.isComplete());
    assembler.requireSha256(CodebookChunks.sha256(large));
  }

  @Test
  void memoryIsTakenForWhatHasComeNotForWhatIsAnnounced() {
    CodebookAssembler assembler = new CodebookAssembler(1 << 30);
    assertTrue(assembler.bytes().length <= 4 << 20, "bytes at first: " + assembler.bytes().length);
    byte[] part = new byte[ChunkCheck.MAX_BYTES];
    for (int i = 1; i <= 8; i++) {
      assembler.add(
          CodebookChunk.newBuilder()
              .setOffset((long) (i - 1) * part.length)
              .setData(ByteString.copyFrom(part))
              .setCrc32C(Checksums.crc32c(ByteString.copyFrom(part)))
              .build());
      int taken = assembler.bytes().length;
      assertTrue(taken <= Math.max(4 << 20, 2 * i * part.length), "bytes: " + taken);
    }
  }

  @Test
  void sizesAreBoundedBeforeAByteComes() {
    assertRefused("codebook must have 1 to 10 bytes, got: 11", () -> new CodebookAssembler(11, 10));
    assertRefused("codebook must have 1 to 10 bytes, got: 0", () -> new CodebookAssembler(0, 10));
  }

  @Test
  void wrongChunksAreRefused() {
    CodebookAssembler assembler = new CodebookAssembler(bytes.length);
    CodebookChunk first = CodebookChunks.at(bytes, 0, 100);
    assertRefused(
        "crc32c of codebook must be "
            + Checksums.hex(first.getCrc32C())
            + ", got: "
            + Checksums.hex(~first.getCrc32C()),
        () -> assembler.add(first.toBuilder().setCrc32C(~first.getCrc32C()).build()));
    assertRefused(
        "codebook offset must be 0, got: 100",
        () -> assembler.add(CodebookChunks.at(bytes, 100, 100)));
    assertRefused(
        "codebook bytes must be in [1, 2097152], got: 0",
        () -> assembler.add(CodebookChunk.getDefaultInstance()));
    byte[] longer = new byte[bytes.length + 1];
    assertRefused(
        "codebook must have " + bytes.length + " bytes, got: " + longer.length,
        () -> assembler.add(CodebookChunks.at(longer, 0, longer.length)));
    byte[] huge = new byte[ChunkCheck.MAX_BYTES + 1];
    assertRefused(
        "codebook bytes must be in [1, 2097152], got: 2097153",
        () -> assembler.add(CodebookChunks.at(huge, 0, huge.length)));
    assembler.add(first); // nothing that was refused counts
  }

  @Test
  void anotherCodebookIsRefused() {
    CodebookAssembler assembler = new CodebookAssembler(bytes.length);
    CodebookChunks.of(bytes, bytes.length).forEach(assembler::add);
    CodebookId other = CodebookId.hashOf(bytes);
    assertRefused(
        "codebook_id must be " + codebook.id() + ", got: " + other, () -> assembler.read(other));
    assertRefused(
        "sha256 of the codebook does not match",
        () -> assembler.requireSha256(ByteString.copyFrom(new byte[32])));
  }
}
