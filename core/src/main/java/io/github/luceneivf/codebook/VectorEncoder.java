// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codebook;

import io.github.luceneivf.clustering.VectorSource;
import io.github.luceneivf.quantization.Encoding;
import java.io.IOException;

/**
 * Port: codebook × vectors → list numbers and codes. {@link LocalVectorEncoder} does it in this
 * process, the client module over gRPC. Thread-safe.
 */
public interface VectorEncoder {

  /**
   * Assigns every vector to its nearest centroid and codes it. What the sink has received counts
   * only when this returns: on an exception the caller drops it.
   *
   * @param codebook of the dimension of {@code vectors}, and supporting {@code encoding}
   * @param vectors as the user gave them, not normalised or scaled, all finite
   * @param sink receives every vector once, in ordinal order
   * @param abort asked at least once a second
   * @throws IOException what {@code vectors}, {@code sink} or {@code abort} threw, or if the work
   *     could not be done
   */
  void encode(
      Codebook codebook,
      Encoding encoding,
      VectorSource vectors,
      EncodedSink sink,
      AbortCheck abort)
      throws IOException;
}
