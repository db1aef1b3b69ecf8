// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.training;

import io.github.luceneivf.clustering.KMeansParams;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.TrainingRequest;
import io.github.luceneivf.wire.Checksums;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;

/**
 * What a job is to do: checked against the limits. Immutable.
 *
 * @param request what is wanted
 * @param dim dimension of the sample
 * @param rows vectors of the sample
 * @param sampleHash SHA-256 of the sample, as hexadecimal digits, if announced
 * @param parentBytes bytes of the parent codebook that it starts from; 0 if it starts afresh
 */
record JobSpec(
    TrainingRequest request, int dim, int rows, Optional<String> sampleHash, long parentBytes) {

  private static final int ID_BYTES = 16;

  /** A job's own bookkeeping, its uploads and its watches, generously. */
  private static final int JOB_BYTES = 64 << 10;

  /** Returns the bytes of the sample. */
  long sampleBytes() {
    return (long) Float.BYTES * rows * dim;
  }

  /**
   * Returns the memory the training needs, in bytes: the sample, a mapped copy, centroids, for
   * sub-codebooks a rotated copy, the parent as it is read, the codebook as it is written.
   */
  long memoryBytes() {
    long lists = Math.min(request.params().nlist(), rows);
    long perList = 4L * Float.BYTES * dim;
    long perRow = 32;
    int copies = request.encoding().subCodebookSize() == 0 ? 2 : 3;
    long written = Codebook.maxBytes((int) lists, dim, request.encoding());
    return JOB_BYTES
        + copies * sampleBytes()
        + lists * perList
        + rows * perRow
        + (parentBytes == 0 ? 0 : Codebook.readingBytes(parentBytes, dim))
        + Codebook.readingBytes(written, dim);
  }

  /** Returns the most bytes that the codebook can have. */
  long codebookBytes() {
    return Codebook.maxBytes(Math.min(request.params().nlist(), rows), dim, request.encoding());
  }

  /** Returns whether it starts from the parent's centroids. */
  boolean warmStart() {
    return parentBytes > 0;
  }

  /** Returns the request, with the parent if it starts from that. */
  TrainingRequest request(Optional<Codebook> warmStart) {
    return request.withWarmStart(warmStart);
  }

  /**
   * Returns the name of the job: a hash of all that the result depends on, or a random one if the
   * sample's hash is not known.
   */
  String jobId() {
    if (sampleHash.isEmpty()) {
      return UUID.randomUUID().toString().replace("-", "");
    }
    KMeansParams params = request.params();
    String content =
        String.join(
            "|",
            request.metric().name(),
            request.encoding().displayName(),
            Integer.toString(dim),
            Integer.toString(rows),
            Integer.toString(params.nlist()),
            Integer.toString(params.maxIterations()),
            Double.toString(params.tolerance()),
            Double.toString(params.maxListFactor()),
            Long.toString(params.seed()),
            Long.toString(request.population()),
            request.parent().map(parent -> parent.id() + "." + parent.version()).orElse("")
                + (warmStart() ? "+warm" : ""),
            sampleHash.get());
    MessageDigest digest = Checksums.sha256();
    byte[] hash = digest.digest(content.getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(Arrays.copyOf(hash, ID_BYTES));
  }
}
