// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.client;

import static io.github.luceneivf.client.ChunkedCodebook.require;

import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.CodebookId;
import io.github.luceneivf.codebook.TrainingRequest;
import io.github.luceneivf.proto.v1.CodebookHeader;
import io.github.luceneivf.proto.v1.GetCodebookResponse;
import java.util.Optional;

/**
 * Receives the codebook of a job and checks that it is one that was asked for. Nothing is allocated
 * beyond what a codebook of that shape can need. Not thread-safe.
 */
final class CodebookReader {

  /** Bytes beyond, so that a codebook of slightly more lists is told from one that is huge. */
  private static final long SLACK_BYTES = 1 << 16;

  private final TrainingRequest request;
  private final int dim;

  CodebookReader(TrainingRequest request, int dim) {
    this.request = request;
    this.dim = dim;
  }

  /** Takes the first message; chunks go to what it returns. */
  ChunkedCodebook begin(GetCodebookResponse message) throws SidecarException {
    if (!message.hasHeader()) {
      throw SidecarException.invalid(
          "first message must be a header, got: " + message.getMessageCase());
    }
    CodebookHeader header = message.getHeader();
    return new ChunkedCodebook(
        header.getCodebook().getId(),
        header.getSizeBytes(),
        header.getSha256(),
        SLACK_BYTES + Codebook.maxBytes(request.params().nlist(), dim, request.encoding()));
  }

  /** Checks a codebook that has come. */
  void requireWanted(Codebook codebook) throws SidecarException {
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
}
