// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.wire;

import com.google.protobuf.ByteString;
import io.github.luceneivf.clustering.KMeansParams;
import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.CodebookRef;
import io.github.luceneivf.codebook.QuerySample;
import io.github.luceneivf.codebook.Spill;
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
   * @param request what is wanted; whoever reads it gets no warm start but {@code parentBytes}, and
   *     no query sample but {@code queries}
   * @param dim dimension of the sample and the queries
   * @param sample the sample
   * @param queries the query sample; of 0 rows if there is none
   * @param parentBytes bytes of the parent codebook that it starts from; 0 if it starts afresh
   */
  public record Spec(
      TrainingRequest request, int dim, Rows sample, Rows queries, long parentBytes) {}

  /**
   * Vectors that are announced.
   *
   * @param count how many
   * @param hash their SHA-256, as hexadecimal digits, if announced
   */
  public record Rows(int count, Optional<String> hash) {

    /** No vectors. */
    public static final Rows NONE = new Rows(0, Optional.empty());
  }

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
            .setSampleRows(spec.sample.count)
            .setQueryRows(spec.queries.count)
            .setMaxIterations(params.maxIterations())
            .setTolerance(params.tolerance())
            .setMaxListFactor(params.maxListFactor())
            .setWarmStart(spec.parentBytes > 0)
            .setParentBytes(spec.parentBytes);
    if (!request.spill().isAuto()) {
      builder.setSpill(request.spill().share());
    }
    spec.sample.hash.ifPresent(hash -> builder.setSampleSha256(bytes(hash)));
    spec.queries.hash.ifPresent(hash -> builder.setQuerySha256(bytes(hash)));
    request.parent().ifPresent(parent -> builder.setParent(CodebookRefs.of(parent)));
    return builder;
  }

  private static ByteString bytes(String hash) {
    return ByteString.copyFrom(HexFormat.of().parseHex(hash));
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
        new Rows(spec.getSampleRows(), hash("sample_sha256", spec.getSampleSha256())),
        queries(spec),
        parentBytes(spec, bounds));
  }

  private static Rows queries(TrainingSpec spec) {
    int most = QuerySample.maxRows(spec.getDim());
    WireException.requireRange("query_rows", spec.getQueryRows(), 0, most);
    if (spec.getQueryRows() == 0) {
      WireException.requireRange(
          "query_sha256 bytes without query_rows", spec.getQuerySha256().size(), 0, 0);
      return Rows.NONE;
    }
    return new Rows(spec.getQueryRows(), hash("query_sha256", spec.getQuerySha256()));
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
              parent)
          .withSpill(spill(spec));
    } catch (IllegalArgumentException e) {
      throw new WireException(String.valueOf(e.getMessage()), e);
    }
  }

  private static Spill spill(TrainingSpec spec) {
    if (!spec.hasSpill()) {
      return Spill.AUTO;
    }
    if (!(spec.getSpill() >= 0 && spec.getSpill() <= 1)) {
      throw new WireException("spill must be in [0, 1], got: " + spec.getSpill());
    }
    return new Spill(spec.getSpill());
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

  private static Optional<String> hash(String name, ByteString hash) {
    if (hash.isEmpty()) {
      return Optional.empty();
    }
    WireException.requireRange(
        name + " bytes", hash.size(), Checksums.SHA256_BYTES, Checksums.SHA256_BYTES);
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
