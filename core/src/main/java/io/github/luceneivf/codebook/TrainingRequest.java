package io.github.luceneivf.codebook;

import io.github.luceneivf.clustering.KMeansParams;
import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.quantization.Encoding;
import java.util.Objects;
import java.util.Optional;

/**
 * What codebook is wanted.
 *
 * @param metric the metric
 * @param encoding the encoding to calibrate the rerank depth for, and to train sub-codebooks for if
 *     it needs them
 * @param params k-means parameters; {@code nlist} is lowered to what the sample can fill
 * @param population vectors that the sample stands for, at least 1
 * @param parent the codebook that this one replaces, if any; its version is one less
 */
public record TrainingRequest(
    Metric metric,
    Encoding encoding,
    KMeansParams params,
    long population,
    Optional<Lineage> parent) {

  /** Validates the components. */
  public TrainingRequest {
    Objects.requireNonNull(metric, "metric");
    Objects.requireNonNull(encoding, "encoding");
    Objects.requireNonNull(params, "params");
    Objects.requireNonNull(parent, "parent");
    if (population < 1) {
      throw new IllegalArgumentException("population must be at least 1, got: " + population);
    }
  }

  /** Returns the version that the new codebook gets. */
  public int version() {
    return parent.map(lineage -> lineage.version() + 1).orElse(1);
  }

  /**
   * The codebook that a new one replaces.
   *
   * @param id its content hash
   * @param version its version
   */
  public record Lineage(CodebookId id, int version) {}
}
