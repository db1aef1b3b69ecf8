// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.client;

import io.github.luceneivf.clustering.VectorSource;
import io.github.luceneivf.codebook.AbortCheck;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.EncodedSink;
import io.github.luceneivf.codebook.VectorEncoder;
import io.github.luceneivf.quantization.Encoding;
import java.io.IOException;
import java.util.Optional;

/**
 * Lets the sidecar encode, and encodes in this process when it does not, from the first vector: the
 * codes are the same. Aborts and trouble with vectors or sink pass unchanged. Thread-safe if both
 * encoders are.
 */
public final class FallbackEncoder implements VectorEncoder {

  private final VectorEncoder primary;
  private final VectorEncoder local;
  private final Fallback fallback;

  /** Creates an encoder with counters of its own. */
  public FallbackEncoder(VectorEncoder primary, VectorEncoder local) {
    this(primary, local, new SidecarCounters());
  }

  /**
   * Creates an encoder.
   *
   * @param counters counts outcomes, shared with whoever wants to see them
   */
  public FallbackEncoder(VectorEncoder primary, VectorEncoder local, SidecarCounters counters) {
    this.primary = primary;
    this.local = local;
    this.fallback = new Fallback("encoding", counters);
  }

  @Override
  public void encode(
      Codebook codebook,
      Encoding encoding,
      VectorSource vectors,
      EncodedSink sink,
      AbortCheck abort)
      throws IOException {
    Optional<Boolean> remote =
        fallback.attempt(() -> {
          primary.encode(codebook, encoding, vectors, sink, abort);
          return true;
        });
    if (remote.isEmpty()) {
      sink.restart();
      local.encode(codebook, encoding, vectors, sink, abort);
    }
  }
}
