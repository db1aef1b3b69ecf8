// SPDX-License-Identifier: Apache-2.0
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
 * @param population vectors that the sample stands for, in [1, {@link #MAX_POPULATION}]
 * @param parent the codebook that this one replaces, if any; its version is one less
 * @param warmStart the parent itself, to start from its centroids: fewer iterations, the same
 *     quality, and most lists keep their place; empty to start afresh
 * @param querySample queries to judge the codebook with, beside those that the training holds out;
 *     of the sample's dimension, or {@link QuerySample#NONE}. They change no centroid, only what is
 *     told of the recall
 * @param spill what share of the vectors is to be in a second list
 */
public record TrainingRequest(
    Metric metric,
    Encoding encoding,
    KMeansParams params,
    long population,
    Optional<CodebookRef> parent,
    Optional<Codebook> warmStart,
    QuerySample querySample,
    Spill spill) {

  /**
   * Largest population, 2^40: five hundred times what one Lucene index can hold, and few enough
   * that no figure made of it overflows.
   */
  public static final long MAX_POPULATION = 1L << 40;

  /** A request to start afresh, with or without a parent. */
  public TrainingRequest(
      Metric metric,
      Encoding encoding,
      KMeansParams params,
      long population,
      Optional<CodebookRef> parent) {
    this(
        metric,
        encoding,
        params,
        population,
        parent,
        Optional.empty(),
        QuerySample.NONE,
        Spill.AUTO);
  }

  /** Returns a request to make the next version of a codebook, starting from its centroids. */
  public static TrainingRequest successorOf(
      Codebook parent, Encoding encoding, KMeansParams params, long population) {
    return new TrainingRequest(
        parent.metric(),
        encoding,
        params,
        population,
        Optional.of(CodebookRef.of(parent)),
        Optional.of(parent),
        QuerySample.NONE,
        Spill.AUTO);
  }

  /** Returns a copy that has the codebook judged with these queries too. */
  public TrainingRequest withQuerySample(QuerySample other) {
    return new TrainingRequest(
        metric, encoding, params, population, parent, warmStart, other, spill);
  }

  /** Returns a copy that starts from the parent's centroids, or afresh. */
  public TrainingRequest withWarmStart(Optional<Codebook> other) {
    return new TrainingRequest(
        metric, encoding, params, population, parent, other, querySample, spill);
  }

  /** Returns a copy that puts another share of the vectors into a second list. */
  public TrainingRequest withSpill(Spill other) {
    return new TrainingRequest(
        metric, encoding, params, population, parent, warmStart, querySample, other);
  }

  /** Validates the components. */
  public TrainingRequest {
    Objects.requireNonNull(metric, "metric");
    Objects.requireNonNull(encoding, "encoding");
    Objects.requireNonNull(params, "params");
    Objects.requireNonNull(parent, "parent");
    Objects.requireNonNull(warmStart, "warmStart");
    Objects.requireNonNull(querySample, "querySample");
    Objects.requireNonNull(spill, "spill");
    if (warmStart.isPresent()) {
      Codebook start = warmStart.get();
      if (!parent.map(CodebookRef::id).equals(Optional.of(start.id()))) {
        throw new IllegalArgumentException(
            "warmStart must be the parent " + parent + ", got: " + start.id());
      }
      if (start.metric() != metric) {
        throw new IllegalArgumentException(
            "warmStart must have metric " + metric + ", got: " + start.metric());
      }
    }
    if (population < 1 || population > MAX_POPULATION) {
      throw new IllegalArgumentException(
          "population must be in [1, " + MAX_POPULATION + "], got: " + population);
    }
  }

  /** Returns the version that the new codebook gets. */
  public int version() {
    return parent.map(replaced -> replaced.version() + 1).orElse(1);
  }
}
