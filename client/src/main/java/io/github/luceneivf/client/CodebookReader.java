package io.github.luceneivf.client;

import com.google.protobuf.ByteString;
import io.github.luceneivf.client.SidecarException.Reason;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.CodebookId;
import io.github.luceneivf.codebook.TrainingRequest;
import io.github.luceneivf.proto.Checksums;
import io.github.luceneivf.proto.v1.CodebookChunk;
import io.github.luceneivf.proto.v1.CodebookHeader;
import io.github.luceneivf.proto.v1.GetCodebookResponse;
import java.io.IOException;
import java.util.Optional;

/**
 * Puts a codebook together from the sidecar's chunks and checks that it is one that was asked for.
 * Nothing is allocated beyond what a codebook of that shape can need. Not thread-safe.
 */
final class CodebookReader {

  /** Bytes beyond, so that a codebook of slightly more lists is told from one that is huge. */
  private static final long SLACK_BYTES = 1 << 16;

  private final TrainingRequest request;
  private final int dim;
  private CodebookHeader header = CodebookHeader.getDefaultInstance();
  private byte[] bytes = {};
  private int received;

  CodebookReader(TrainingRequest request, int dim) {
    this.request = request;
    this.dim = dim;
  }

  /** Takes the first message. */
  void begin(GetCodebookResponse message) throws SidecarException {
    if (!message.hasHeader()) {
      throw SidecarException.invalid(
          "first message must be a header, got: " + message.getMessageCase());
    }
    header = message.getHeader();
    long most = SLACK_BYTES + Codebook.maxBytes(request.params().nlist(), dim, request.encoding());
    most = Math.min(most, Integer.MAX_VALUE - 8L);
    long size = header.getSizeBytes();
    if (size < 1 || size > most) {
      throw SidecarException.invalid("codebook must have 1 to " + most + " bytes, got: " + size);
    }
    bytes = new byte[(int) size];
  }

  /** Returns whether all bytes are there. */
  boolean isComplete() {
    return received == bytes.length;
  }

  /** Takes another message. */
  void add(GetCodebookResponse message) throws SidecarException {
    CodebookChunk chunk = message.getChunk();
    ByteString data = chunk.getData();
    if (!message.hasChunk() || data.isEmpty()) {
      throw SidecarException.invalid(
          "codebook chunk must come next, got: " + message.getMessageCase());
    }
    if (chunk.getOffset() != received || data.size() > bytes.length - received) {
      throw SidecarException.invalid(
          "codebook chunk must lie in ["
              + received
              + ", "
              + bytes.length
              + "), got: "
              + chunk.getOffset()
              + " with "
              + data.size()
              + " bytes");
    }
    ChunkCheck.require("codebook", chunk.getCrc32C(), Checksums.crc32c(data));
    data.copyTo(bytes, received);
    received += data.size();
  }

  /** Reads the codebook and checks it. */
  Codebook finish() throws SidecarException {
    ByteString hash = ByteString.copyFrom(Checksums.sha256().digest(bytes));
    if (!hash.equals(header.getSha256())) {
      throw SidecarException.invalid("sha256 of the codebook does not match");
    }
    Codebook codebook;
    try {
      codebook = Codebook.fromBytes(bytes);
    } catch (IOException e) {
      throw new SidecarException(Reason.INVALID_ANSWER, String.valueOf(e.getMessage()), e);
    }
    requireWanted(codebook);
    return codebook;
  }

  private void requireWanted(Codebook codebook) throws SidecarException {
    require("id", codebook.id(), announcedId());
    require("metric", request.metric(), codebook.metric());
    require("dim", dim, codebook.dim());
    require("version", request.version(), codebook.lineage().version());
    Optional<CodebookId> parent = request.parent().map(TrainingRequest.Lineage::id);
    require("parent", parent, codebook.lineage().parent());
    require("population", request.population(), codebook.lineage().population());
    if (codebook.nlist() > request.params().nlist()) {
      throw SidecarException.invalid(
          "nlist must be at most " + request.params().nlist() + ", got: " + codebook.nlist());
    }
    if (!codebook.supports(request.encoding())) {
      throw SidecarException.invalid(
          "codebook must have sub-codebooks for " + request.encoding().displayName());
    }
    for (float value : codebook.centroids().values()) {
      if (!Float.isFinite(value)) {
        throw SidecarException.invalid("centroids must be finite, got: " + value);
      }
    }
  }

  private CodebookId announcedId() throws SidecarException {
    ByteString id = header.getCodebook().getId();
    if (id.size() != CodebookId.BYTES) {
      throw SidecarException.invalid(
          "codebook id must have " + CodebookId.BYTES + " bytes, got: " + id.size());
    }
    return CodebookId.of(id.toByteArray());
  }

  private static void require(String name, Object wanted, Object got) throws SidecarException {
    if (!wanted.equals(got)) {
      throw SidecarException.invalid("codebook " + name + " must be " + wanted + ", got: " + got);
    }
  }
}
