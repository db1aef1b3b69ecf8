// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.training;

import io.github.luceneivf.clustering.KMeansParams;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.QuerySample;
import io.github.luceneivf.codebook.TrainingRequest;
import io.github.luceneivf.wire.Checksums;
import io.github.luceneivf.wire.SpecMessages;
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
 * @param dim dimension of the sample and the queries
 * @param sample the sample, as announced
 * @param queries the query sample, as announced; of 0 rows if there is none
 * @param parentBytes bytes of the parent codebook that it starts from; 0 if it starts afresh
 */
record JobSpec(
    TrainingRequest request,
    int dim,
    SpecMessages.Rows sample,
    SpecMessages.Rows queries,
    long parentBytes) {

  private static final int ID_BYTES = 16;

  /** A job's own bookkeeping, its uploads and its watches, generously. */
  private static final int JOB_BYTES = 64 << 10;

  /** Returns the vectors of the sample. */
  int rows() {
    return sample.count();
  }

  /** Returns the bytes of the sample. */
  long sampleBytes() {
    return (long) Float.BYTES * sample.count() * dim;
  }

  /** Returns the bytes of the queries. */
  long queryBytes() {
    return (long) Float.BYTES * queries.count() * dim;
  }

  /** Returns the vectors that an upload brings. */
  long uploadedRows() {
    return (long) sample.count() + queries.count();
  }

  /**
   * Returns the memory the training needs, in bytes: the sample, a mapped copy, centroids, for
   * sub-codebooks a rotated copy, what finds second lists, the queries as they came, as they are
   * kept and mapped, the parent as it is read, the codebook as it is written.
   */
  long memoryBytes() {
    long lists = Math.min(request.params().nlist(), rows());
    long perList = 4L * Float.BYTES * dim;
    long perRow = 32;
    if (request.spill().share() != 0) { // second lists: what finds them, and what is found
      perList += Codebook.secondListBytes((int) lists, dim) + 2L * Float.BYTES * dim;
      perRow += 48;
    }
    int copies = request.encoding().subCodebookSize() == 0 ? 2 : 3;
    long written = Codebook.maxBytes((int) lists, dim, request.encoding());
    return JOB_BYTES
        + copies * sampleBytes()
        + 3 * queryBytes()
        + lists * perList
        + uploadedRows() * perRow
        + (parentBytes == 0 ? 0 : Codebook.readingBytes(parentBytes, dim))
        + Codebook.readingBytes(written, dim);
  }

  /** Returns the most bytes that the codebook can have. */
  long codebookBytes() {
    return Codebook.maxBytes(Math.min(request.params().nlist(), rows()), dim, request.encoding());
  }

  /** Returns whether it starts from the parent's centroids. */
  boolean warmStart() {
    return parentBytes > 0;
  }

  /**
   * Returns the request with what comes apart from it.
   *
   * @param warmStart the parent, if it starts from that
   */
  TrainingRequest request(Optional<Codebook> warmStart, QuerySample querySample) {
    return request.withWarmStart(warmStart).withQuerySample(querySample);
  }

  /** Returns whether all that comes is known by its hash, so that the same job is known again. */
  boolean isIdempotent() {
    return sample.hash().isPresent() && (queries.count() == 0 || queries.hash().isPresent());
  }

  /**
   * Returns the name of the job: a hash of all that the result depends on, or a random one if a
   * hash of what comes is not known.
   */
  String jobId() {
    if (!isIdempotent()) {
      return UUID.randomUUID().toString().replace("-", "");
    }
    KMeansParams params = request.params();
    String content =
        String.join(
            "|",
            request.metric().name(),
            request.encoding().displayName(),
            Integer.toString(dim),
            Integer.toString(rows()),
            Integer.toString(params.nlist()),
            Integer.toString(params.maxIterations()),
            Double.toString(params.tolerance()),
            Double.toString(params.maxListFactor()),
            Long.toString(params.seed()),
            Long.toString(request.population()),
            Double.toString(request.spill().share()),
            request.parent().map(parent -> parent.id() + "." + parent.version()).orElse("")
                + (warmStart() ? "+warm" : ""),
            sample.hash().orElseThrow()
                + queries.hash().map(hash -> "|" + queries.count() + "|" + hash).orElse(""));
    MessageDigest digest = Checksums.sha256();
    byte[] hash = digest.digest(content.getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(Arrays.copyOf(hash, ID_BYTES));
  }
}
