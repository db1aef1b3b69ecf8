// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.rpc;

import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.server.config.Limits;

/** Refuses codebooks over a limit of this server. Stateless. */
public final class LimitCheck {

  private LimitCheck() {}

  /**
   * Checks a codebook that a client sent.
   *
   * @return the codebook
   * @throws RequestException if it is over a limit
   */
  public static Codebook require(Codebook codebook, Limits limits) {
    RequestException.requireRange("nlist", codebook.nlist(), 1, limits.maxNlist());
    RequestException.requireRange("dim", codebook.dim(), 1, limits.maxDims());
    return codebook;
  }
}
