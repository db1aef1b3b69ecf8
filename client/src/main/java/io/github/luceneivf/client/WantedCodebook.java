// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.client;

import static io.github.luceneivf.client.SidecarException.requireSame;

import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.CodebookId;
import io.github.luceneivf.codebook.CodebookRef;
import io.github.luceneivf.codebook.TrainingRequest;
import java.util.Optional;

/** The codebook that a job was to train, as far as it is known beforehand. Immutable. */
final class WantedCodebook {

  /** Bytes beyond, so that a codebook of slightly more lists is told from one that is huge. */
  private static final long SLACK_BYTES = 1 << 16;

  private final TrainingRequest request;
  private final int dim;

  WantedCodebook(TrainingRequest request, int dim) {
    this.request = request;
    this.dim = dim;
  }

  /** Returns the most bytes that it can have: nothing is allocated beyond. */
  long maxBytes() {
    return SLACK_BYTES + Codebook.maxBytes(request.params().nlist(), dim, request.encoding());
  }

  /**
   * Checks the codebook that has come.
   *
   * @return the codebook
   * @throws SidecarException if it is not what was asked for
   */
  Codebook require(Codebook codebook) throws SidecarException {
    requireSame("codebook metric", request.metric(), codebook.metric());
    requireSame("codebook dim", dim, codebook.dim());
    requireSame("codebook version", request.version(), codebook.lineage().version());
    Optional<CodebookId> parent = request.parent().map(CodebookRef::id);
    requireSame("codebook parent", parent, codebook.lineage().parent());
    requireSame("codebook population", request.population(), codebook.lineage().population());
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
    return codebook;
  }
}
