// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.rpc;

import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.server.config.Limits;
import java.util.Optional;

/** Tells codebooks over a limit of this server. Stateless. */
public final class LimitCheck {

  private LimitCheck() {}

  /** Returns which limit a codebook of so many lists and dimensions is over, if any. */
  public static Optional<String> over(int nlist, int dim, Limits limits) {
    if (nlist > limits.maxNlist()) {
      return Optional.of("nlist must be at most " + limits.maxNlist() + ", got: " + nlist);
    }
    if (dim > limits.maxDims()) {
      return Optional.of("dim must be at most " + limits.maxDims() + ", got: " + dim);
    }
    return Optional.empty();
  }

  /**
   * Checks a codebook that a client sent.
   *
   * @return the codebook
   * @throws RequestException if it is over a limit
   */
  public static Codebook require(Codebook codebook, Limits limits) {
    over(codebook.nlist(), codebook.dim(), limits)
        .ifPresent(limit -> {
          throw RequestException.invalid(limit);
        });
    return codebook;
  }
}
