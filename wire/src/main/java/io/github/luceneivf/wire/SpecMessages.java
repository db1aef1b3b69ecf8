// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.wire;

import com.google.protobuf.ByteString;
import io.github.luceneivf.clustering.KMeansParams;
import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.CodebookRef;
import io.github.luceneivf.codebook.TrainingRequest;
import io.github.luceneivf.proto.v1.TrainingSpec;
import io.github.luceneivf.quantization.Encoding;
import java.util.HexFormat;
import java.util.Optional;

/** Specifications of trainings as messages, and back. Stateless. */
public final class SpecMessages {

  private SpecMessages() {}

  /**
   * What is to be trained.
   *
   * @param request what is wanted; whoever reads it gets no warm start but {@code parentBytes}
   * @param dim dimension of the sample
   * @param rows vectors of the sample
   * @param sampleHash SHA-256 of the sample, as hexadecimal digits, if announced
   * @param parentBytes bytes of the parent codebook that it starts from; 0 if it starts afresh
   */
  public record Spec(
      TrainingRequest request, int dim, int rows, Optional<String> sampleHash, long parentBytes) {}

  /**
   * What a reader accepts.
   *
   * @param maxDims largest dimension
   * @param maxNlist most lists
   * @param maxIterations most Lloyd iterations
   * @param threads threads where none are wished for, and at most
   */
  public record Bounds(int maxDims, int maxNlist, int maxIterations, int threads) {}

  /** Returns what a client asks for. It leaves threads to the server: the result does not care. */
  public static TrainingSpec asked(Spec spec) {
    return message(spec).build();
  }

  /** Returns what a server has understood, with the threads that it gives. */
  public static TrainingSpec understood(Spec spec) {
    return message(spec).setThreads(spec.request.params().threads()).build();
  }

  /** Returns whether what was understood is what was asked for, but for threads. */
  public static boolean isSame(TrainingSpec asked, TrainingSpec understood) {
    return understood.toBuilder().clearThreads().build().equals(asked);
  }

  private static TrainingSpec.Builder message(Spec spec) {
    TrainingRequest request = spec.request;
    KMeansParams params = request.params();
    TrainingSpec.Builder builder =
        TrainingSpec.newBuilder()
            .setMetricValue(request.metric().wireId())
            .setDim(spec.dim)
            .setEncodingValue(request.encoding().wireId())
            .setNlist(params.nlist())
            .setSeed(params.seed())
            .setPopulation(request.population())
            .setSampleRows(spec.rows)
            .setMaxIterations(params.maxIterations())
            .setTolerance(params.tolerance())
            .setMaxListFactor(params.maxListFactor())
            .setWarmStart(spec.parentBytes > 0)
            .setParentBytes(spec.parentBytes);
    spec.sampleHash.ifPresent(
        hash -> builder.setSampleSha256(ByteString.copyFrom(HexFormat.of().parseHex(hash))));
    request.parent().ifPresent(parent -> builder.setParent(CodebookRefs.of(parent)));
    return builder;
  }

  /**
   * Reads a specification.
   *
   * @throws WireException if it can never work, or exceeds a bound
   */
  public static Spec read(TrainingSpec spec, Bounds bounds) {
    WireException.requireRange("dim", spec.getDim(), 1, bounds.maxDims);
    WireException.requireRange("nlist", spec.getNlist(), 1, bounds.maxNlist);
    WireException.requireRange("sample_rows", spec.getSampleRows(), 1, Integer.MAX_VALUE);
    return new Spec(
        request(spec, bounds),
        spec.getDim(),
        spec.getSampleRows(),
        sampleHash(spec.getSampleSha256()),
        parentBytes(spec, bounds));
  }

  private static TrainingRequest request(TrainingSpec spec, Bounds bounds) {
    Optional<CodebookRef> parent =
        spec.hasParent()
            ? Optional.of(CodebookRefs.read("parent", spec.getParent()))
            : Optional.empty();
    try {
      return new TrainingRequest(
          Metric.fromWireId(spec.getMetricValue()),
          Encoding.fromWireId(spec.getEncodingValue()),
          params(spec, bounds),
          spec.getPopulation(),
          parent);
    } catch (IllegalArgumentException e) {
      throw new WireException(String.valueOf(e.getMessage()), e);
    }
  }

  private static KMeansParams params(TrainingSpec spec, Bounds bounds) {
    KMeansParams defaults = KMeansParams.of(spec.getNlist(), spec.getSeed());
    int iterations = spec.hasMaxIterations() ? spec.getMaxIterations() : defaults.maxIterations();
    WireException.requireRange("max_iterations", iterations, 1, bounds.maxIterations);
    int threads = spec.hasThreads() ? spec.getThreads() : bounds.threads;
    WireException.requireRange("threads", threads, 1, Integer.MAX_VALUE);
    return new KMeansParams(
        spec.getNlist(),
        iterations,
        spec.hasTolerance() ? spec.getTolerance() : defaults.tolerance(),
        spec.hasMaxListFactor() ? spec.getMaxListFactor() : defaults.maxListFactor(),
        spec.getSeed(),
        Math.min(threads, bounds.threads));
  }

  private static Optional<String> sampleHash(ByteString hash) {
    if (hash.isEmpty()) {
      return Optional.empty();
    }
    WireException.requireRange(
        "sample_sha256 bytes", hash.size(), Checksums.SHA256_BYTES, Checksums.SHA256_BYTES);
    return Optional.of(HexFormat.of().formatHex(hash.toByteArray()));
  }

  private static long parentBytes(TrainingSpec spec, Bounds bounds) {
    if (!spec.getWarmStart()) {
      WireException.requireRange("parent_bytes without warm_start", spec.getParentBytes(), 0, 0);
      return 0;
    }
    if (!spec.hasParent()) {
      throw new WireException("warm_start must have a parent, got none");
    }
    long most = Codebook.maxBytes(bounds.maxNlist, spec.getDim(), Encoding.PQ8);
    WireException.requireRange(
        "parent_bytes", spec.getParentBytes(), 1, Math.min(most, CodebookAssembler.MAX_BYTES));
    return spec.getParentBytes();
  }
}
