// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.training;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import io.github.luceneivf.clustering.KMeansParams;
import io.github.luceneivf.clustering.ListSizes;
import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.CodebookId;
import io.github.luceneivf.codebook.TrainingRequest;
import io.github.luceneivf.proto.Checksums;
import io.github.luceneivf.proto.v1.CodebookHeader;
import io.github.luceneivf.proto.v1.CodebookRef;
import io.github.luceneivf.proto.v1.Job;
import io.github.luceneivf.proto.v1.JobProgress;
import io.github.luceneivf.proto.v1.TrainingSpec;
import io.github.luceneivf.quantization.Encoding;
import io.github.luceneivf.server.config.Limits;
import io.github.luceneivf.server.rpc.RequestException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;

/** Jobs as messages, and back. Stateless. */
final class JobMessages {

  /** Most elements of an array. */
  private static final int MAX_ARRAY = Integer.MAX_VALUE - 8;

  private JobMessages() {}

  /**
   * Checks a specification and translates it.
   *
   * @throws RequestException if it can never work, or exceeds a limit
   */
  static JobSpec spec(TrainingSpec spec, Limits limits) {
    RequestException.requireRange("dim", spec.getDim(), 1, limits.maxDims());
    RequestException.requireRange("nlist", spec.getNlist(), 1, limits.maxNlist());
    RequestException.requireRange("sample_rows", spec.getSampleRows(), 1, Integer.MAX_VALUE);
    long bytes = (long) Float.BYTES * spec.getSampleRows() * spec.getDim();
    if (bytes > limits.maxSampleBytes()
        || (long) spec.getSampleRows() * spec.getDim() > MAX_ARRAY) {
      throw RequestException.exhausted(
          "sample must be at most " + limits.maxSampleBytes() + " bytes, got: " + bytes);
    }
    JobSpec checked =
        new JobSpec(
            request(spec, limits),
            spec.getDim(),
            spec.getSampleRows(),
            sampleHash(spec),
            parentBytes(spec, limits));
    // Otherwise only the end of the training would tell.
    if (checked.codebookBytes() > MAX_ARRAY) {
      throw RequestException.exhausted(
          "codebook must be at most " + MAX_ARRAY + " bytes, got: " + checked.codebookBytes());
    }
    return checked;
  }

  private static long parentBytes(TrainingSpec spec, Limits limits) {
    if (!spec.getWarmStart()) {
      RequestException.requireRange("parent_bytes without warm_start", spec.getParentBytes(), 0, 0);
      return 0;
    }
    if (!spec.hasParent()) {
      throw RequestException.invalid("warm_start must have a parent, got none");
    }
    long most = Codebook.maxBytes(limits.maxNlist(), spec.getDim(), Encoding.PQ8);
    RequestException.requireRange(
        "parent_bytes", spec.getParentBytes(), 1, Math.min(most, (long) MAX_ARRAY));
    return spec.getParentBytes();
  }

  private static TrainingRequest request(TrainingSpec spec, Limits limits) {
    try {
      return new TrainingRequest(
          Metric.fromWireId(spec.getMetricValue()),
          Encoding.fromWireId(spec.getEncodingValue()),
          params(spec, limits),
          spec.getPopulation(),
          spec.hasParent() ? Optional.of(parent(spec.getParent())) : Optional.empty());
    } catch (IllegalArgumentException e) {
      throw RequestException.invalid(String.valueOf(e.getMessage()));
    }
  }

  private static KMeansParams params(TrainingSpec spec, Limits limits) {
    KMeansParams defaults = KMeansParams.of(spec.getNlist(), spec.getSeed());
    int iterations = spec.hasMaxIterations() ? spec.getMaxIterations() : defaults.maxIterations();
    RequestException.requireRange("max_iterations", iterations, 1, Limits.MAX_ITERATIONS);
    int threads = spec.hasThreads() ? spec.getThreads() : limits.threads();
    RequestException.requireRange("threads", threads, 1, Integer.MAX_VALUE);
    return new KMeansParams(
        spec.getNlist(),
        iterations,
        spec.hasTolerance() ? spec.getTolerance() : defaults.tolerance(),
        spec.hasMaxListFactor() ? spec.getMaxListFactor() : defaults.maxListFactor(),
        spec.getSeed(),
        Math.min(threads, limits.threads()));
  }

  private static TrainingRequest.Lineage parent(CodebookRef parent) {
    RequestException.requireRange("parent version", parent.getVersion(), 1, Integer.MAX_VALUE - 1);
    return new TrainingRequest.Lineage(
        CodebookId.of(parent.getId().toByteArray()), parent.getVersion());
  }

  private static Optional<String> sampleHash(TrainingSpec spec) {
    ByteString hash = spec.getSampleSha256();
    if (hash.isEmpty()) {
      return Optional.empty();
    }
    RequestException.requireRange(
        "sample_sha256 bytes", hash.size(), Checksums.SHA256_BYTES, Checksums.SHA256_BYTES);
    return Optional.of(HexFormat.of().formatHex(hash.toByteArray()));
  }

  /** Returns a job as a message. */
  static Job job(TrainingJob job) {
    return job(job, job.status());
  }

  /** Returns a job in some state as a message. */
  static Job job(TrainingJob job, JobStatus status) {
    Instant created = job.created();
    return Job.newBuilder()
        .setId(job.id())
        .setSpec(spec(job.spec()))
        .setProgress(progress(status))
        .setCreateTime(
            Timestamp.newBuilder().setSeconds(created.getEpochSecond()).setNanos(created.getNano()))
        .setSampleNeeded(job.sampleNeeded())
        .setParentNeeded(job.parentNeeded())
        .build();
  }

  private static TrainingSpec spec(JobSpec spec) {
    TrainingRequest request = spec.request();
    KMeansParams params = request.params();
    TrainingSpec.Builder builder =
        TrainingSpec.newBuilder()
            .setMetricValue(request.metric().wireId())
            .setDim(spec.dim())
            .setEncodingValue(request.encoding().wireId())
            .setNlist(params.nlist())
            .setSeed(params.seed())
            .setPopulation(request.population())
            .setSampleRows(spec.rows())
            .setMaxIterations(params.maxIterations())
            .setTolerance(params.tolerance())
            .setMaxListFactor(params.maxListFactor())
            .setThreads(params.threads())
            .setWarmStart(spec.parentBytes() > 0)
            .setParentBytes(spec.parentBytes());
    spec.sampleHash()
        .ifPresent(
            hash -> builder.setSampleSha256(ByteString.copyFrom(HexFormat.of().parseHex(hash))));
    request
        .parent()
        .ifPresent(parent -> builder.setParent(codebook(parent.id(), parent.version())));
    return builder.build();
  }

  /** Returns the identity and version of a codebook as a message. */
  static CodebookRef codebook(CodebookId id, int version) {
    return CodebookRef.newBuilder()
        .setId(ByteString.copyFrom(id.bytes()))
        .setVersion(version)
        .build();
  }

  /** Returns what comes before the bytes of a codebook. */
  static CodebookHeader header(Codebook codebook, byte[] bytes) {
    return CodebookHeader.newBuilder()
        .setCodebook(codebook(codebook.id(), codebook.lineage().version()))
        .setSizeBytes(bytes.length)
        .setSha256(ByteString.copyFrom(Checksums.sha256().digest(bytes)))
        .build();
  }

  /** Returns the last status of a job that has succeeded. */
  static JobStatus succeeded(JobProgress progress) {
    io.github.luceneivf.proto.v1.ListSizes sizes = progress.getListSizes();
    return JobStatus.CREATED.succeeded(
        new ListSizes(
            sizes.getMin(),
            sizes.getMedian(),
            sizes.getP99(),
            sizes.getMax(),
            sizes.getEmpty(),
            sizes.getImbalance()),
        progress.hasObjective() ? progress.getObjective() : Double.NaN);
  }

  /** Returns a status as a message. */
  static JobProgress progress(JobStatus status) {
    JobProgress.Builder builder =
        JobProgress.newBuilder()
            .setState(
                io.github.luceneivf.proto.v1.JobState.valueOf("JOB_STATE_" + status.state().name()))
            .setPhase(
                io.github.luceneivf.proto.v1.JobPhase.valueOf("JOB_PHASE_" + status.phase().name()))
            .setPercent(status.percent())
            .setError(status.error());
    if (!Double.isNaN(status.objective())) {
      builder.setObjective(status.objective());
    }
    status.sizes().ifPresent(sizes -> builder.setListSizes(sizes(sizes)));
    return builder.build();
  }

  /** Returns list sizes as a message. */
  static io.github.luceneivf.proto.v1.ListSizes sizes(ListSizes sizes) {
    return io.github.luceneivf.proto.v1.ListSizes.newBuilder()
        .setMin(sizes.min())
        .setMedian(sizes.median())
        .setP99(sizes.p99())
        .setMax(sizes.max())
        .setEmpty(sizes.empty())
        .setImbalance(sizes.imbalance())
        .build();
  }
}
