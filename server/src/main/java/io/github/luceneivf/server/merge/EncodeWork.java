// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.merge;

import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.CodebookId;
import io.github.luceneivf.codebook.LocalVectorEncoder;
import io.github.luceneivf.codebook.VectorEncoder;
import io.github.luceneivf.proto.v1.EncodeHeader;
import io.github.luceneivf.quantization.Encoding;
import io.github.luceneivf.server.codebook.CodebookCache;
import io.github.luceneivf.server.config.Limits;
import io.github.luceneivf.server.rpc.LimitCheck;
import io.github.luceneivf.server.rpc.ProtocolCheck;
import io.github.luceneivf.server.rpc.RequestException;
import io.github.luceneivf.wire.ChunkCheck;
import io.github.luceneivf.wire.CodebookAssembler;
import io.github.luceneivf.wire.CodebookRefs;
import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What encode streams work with, and what they weigh: limits, known codebooks, the encoder, the
 * directory of handed-over files. Thread-safe.
 */
public final class EncodeWork {

  /** Bytes beyond those of the largest codebook, so that a slightly larger one is named as such. */
  private static final long CODEBOOK_SLACK_BYTES = 1 << 16;

  private static final Logger LOG = LoggerFactory.getLogger(EncodeWork.class);

  private final Limits limits;
  private final CodebookCache codebooks;
  private final LocalVectorEncoder encoder;
  private final Optional<HandoffDirectory> handoff;

  /**
   * Creates it.
   *
   * @param codebooks known codebooks
   * @param handoff where clients may hand files over, if anywhere
   */
  public EncodeWork(
      Limits limits,
      CodebookCache codebooks,
      LocalVectorEncoder encoder,
      Optional<HandoffDirectory> handoff) {
    this.limits = limits;
    this.codebooks = codebooks;
    this.encoder = encoder;
    this.handoff = handoff;
  }

  VectorEncoder encoder() {
    return encoder;
  }

  /**
   * Checks a header.
   *
   * @return the encoding
   * @throws RequestException if it can never work
   */
  Encoding check(EncodeHeader header) {
    ProtocolCheck.require(header.getProtocolVersionValue());
    RequestException.requireRange("dim", header.getDim(), 1, limits.maxDims());
    RequestException.requireRange("count", header.getCount(), 0, Integer.MAX_VALUE);
    CodebookId _ = CodebookRefs.id("codebook_id", header.getCodebookId());
    Encoding encoding;
    try {
      encoding = Encoding.fromWireId(header.getEncodingValue());
    } catch (IllegalArgumentException e) {
      throw RequestException.invalid(String.valueOf(e.getMessage()));
    }
    // A codebook may have sub-codebooks that this encoding does not use: PQ8 has the largest.
    long most =
        CODEBOOK_SLACK_BYTES + Codebook.maxBytes(limits.maxNlist(), header.getDim(), Encoding.PQ8);
    RequestException.requireRange(
        "codebook_bytes",
        header.getCodebookBytes(),
        0,
        Math.min(most, CodebookAssembler.MAX_BYTES));
    return encoding;
  }

  /**
   * Finds a codebook that does not come with the stream.
   *
   * @throws RequestException if it is not known
   */
  Codebook find(CodebookId id) {
    return codebooks
        .get(id)
        .orElseThrow(() -> RequestException.notFound("codebook not found: " + id));
  }

  /**
   * Reads a codebook that came with the stream, and remembers it.
   *
   * @throws RequestException if it is not what was announced
   */
  Codebook read(CodebookAssembler input, CodebookId id) {
    Codebook codebook = LimitCheck.require(input.read(id), limits);
    codebooks.put(codebook);
    return codebook;
  }

  /**
   * Opens the file that a header names.
   *
   * @throws RequestException if no files are taken, or not this one
   */
  HandoffVectors open(EncodeHeader header) {
    HandoffDirectory directory =
        handoff.orElseThrow(
            () -> RequestException.precondition("handoff_file must be empty on this server"));
    try {
      return new HandoffVectors(
          directory.open(header.getHandoffFile(), vectorBytes(header)),
          (int) header.getCount(),
          header.getDim(),
          header.getHandoffCrc32C());
    } catch (IOException e) {
      LOG.atWarn().setCause(e).log("handed-over file cannot be read");
      throw RequestException.precondition("handoff_file must be readable");
    }
  }

  private static long vectorBytes(EncodeHeader header) {
    return header.getCount() * header.getDim() * Float.BYTES;
  }

  /** Returns the memory of a stream until it has its codebook, in bytes. */
  static long arrivingBytes(EncodeHeader header) {
    long codebook = header.getCodebookBytes();
    return passingBytes(header)
        + (codebook == 0 ? 0 : Codebook.readingBytes(codebook, header.getDim()));
  }

  /** Returns the memory of a stream that has its codebook, in bytes. */
  long runningBytes(EncodeHeader header, Codebook codebook, Encoding encoding) {
    return passingBytes(header) + codebook.memoryBytes() + encoder.memoryBytes(codebook, encoding);
  }

  /** Vectors that wait, the message that comes, codes that are made and sent. */
  private static long passingBytes(EncodeHeader header) {
    long all = vectorBytes(header);
    long vectors =
        header.getHandoffFile().isEmpty()
            ? Math.min(all, (long) EncodeStream.WINDOW * ChunkCheck.MAX_BYTES)
                + ChunkCheck.MAX_BYTES
            : 2 * Math.min(all, HandoffVectors.READ_BYTES);
    return vectors + 2L * Limits.CHUNK_BYTES;
  }
}
