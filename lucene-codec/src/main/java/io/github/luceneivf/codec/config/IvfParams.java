// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.config;

import io.github.luceneivf.clustering.VectorSource;
import io.github.luceneivf.codebook.QuerySample;
import io.github.luceneivf.codebook.Spill;
import io.github.luceneivf.quantization.Encoding;
import java.io.IOException;
import java.util.Objects;
import java.util.Optional;

/**
 * How an index is written. Immutable; start from {@link #DEFAULT} and change what you want to.
 *
 * @param encoding how vectors are coded in posting lists; empty for the default of their dimension
 *     ({@link Encoding#defaultFor}). Segments of one list have no sub-codebooks: where the encoding
 *     needs them, they get that default instead
 * @param sizing how many lists there are for the vectors that an index is expected to grow to:
 *     twice those of a young one, up to 32,768; half as many again where it has outgrown a codebook
 * @param thresholds the sizes at which a segment gets codes and lists
 * @param targetRecall recall@10 that the stored default of {@code nprobe} aims at, in (0, 1)
 * @param mergeBudgetBytes heap that a merge may use for its sample, and for staged codes; by
 *     default 384 MiB, or three eighths of a JVM's heap below 1 GiB. A sample that it cuts short
 *     means fewer lists
 * @param querySample queries as users ask them, which each codebook is judged with beside vectors
 *     of the index, so that the target also holds where queries look otherwise; {@link
 *     QuerySample#NONE} if there are none. Fields of another dimension are trained without it, and
 *     the info stream says so: where several fields have samples, each has a format of its own
 * @param spill what share of the vectors is in a second list as well; {@link Spill#AUTO} by
 *     default, so that each training decides by what searches would scan
 */
public record IvfParams(
    Optional<Encoding> encoding,
    ListSizing sizing,
    Thresholds thresholds,
    double targetRecall,
    long mergeBudgetBytes,
    QuerySample querySample,
    Spill spill) {

  private static final long QUERY_SEED = 0x9e37_5eedL;
  private static final long MAX_DEFAULT_BUDGET = 384L << 20;
  private static final double MAX_HEAP_SHARE = 0.375;

  /** What an index gets that says nothing. */
  public static final IvfParams DEFAULT =
      new IvfParams(
          Optional.empty(),
          ListSizing.SQUARE_ROOT,
          Thresholds.DEFAULT,
          0.95,
          defaultBudget(Runtime.getRuntime().maxMemory()));

  /** Without a sample of queries, and with the share in second lists that trainings choose. */
  public IvfParams(
      Optional<Encoding> encoding,
      ListSizing sizing,
      Thresholds thresholds,
      double targetRecall,
      long mergeBudgetBytes) {
    this(
        encoding, sizing, thresholds, targetRecall, mergeBudgetBytes, QuerySample.NONE, Spill.AUTO);
  }

  static long defaultBudget(long maxHeapBytes) {
    return Math.min(MAX_DEFAULT_BUDGET, (long) (MAX_HEAP_SHARE * maxHeapBytes));
  }

  /** Validates the components. */
  public IvfParams {
    Objects.requireNonNull(encoding, "encoding");
    Objects.requireNonNull(sizing, "sizing");
    Objects.requireNonNull(thresholds, "thresholds");
    Objects.requireNonNull(querySample, "querySample");
    Objects.requireNonNull(spill, "spill");
    if (!(targetRecall > 0 && targetRecall < 1)) {
      throw new IllegalArgumentException("targetRecall must be in (0, 1), got: " + targetRecall);
    }
    if (mergeBudgetBytes < 1 << 10) {
      throw new IllegalArgumentException(
          "mergeBudgetBytes must be at least 1024, got: " + mergeBudgetBytes);
    }
  }

  /** Returns the encoding of vectors of {@code dim} dimensions. */
  public Encoding encodingFor(int dim) {
    return encoding.orElseGet(() -> Encoding.defaultFor(dim));
  }

  /** Returns a copy with this encoding, whatever the dimension. */
  public IvfParams withEncoding(Encoding other) {
    Objects.requireNonNull(other, "encoding");
    return new IvfParams(
        Optional.of(other), sizing, thresholds, targetRecall, mergeBudgetBytes, querySample, spill);
  }

  /** Returns a copy with another sizing of lists. */
  public IvfParams withSizing(ListSizing other) {
    return new IvfParams(
        encoding, other, thresholds, targetRecall, mergeBudgetBytes, querySample, spill);
  }

  /** Returns a copy with other thresholds. */
  public IvfParams withThresholds(Thresholds other) {
    return new IvfParams(
        encoding, sizing, other, targetRecall, mergeBudgetBytes, querySample, spill);
  }

  /** Returns a copy with another target of recall@10. */
  public IvfParams withTargetRecall(double other) {
    return new IvfParams(encoding, sizing, thresholds, other, mergeBudgetBytes, querySample, spill);
  }

  /** Returns a copy with another merge budget. */
  public IvfParams withMergeBudgetBytes(long other) {
    return new IvfParams(encoding, sizing, thresholds, targetRecall, other, querySample, spill);
  }

  /** Returns a copy with another sample of queries. */
  public IvfParams withQuerySample(QuerySample other) {
    return new IvfParams(
        encoding, sizing, thresholds, targetRecall, mergeBudgetBytes, other, spill);
  }

  /**
   * Returns a copy with a sample drawn from these queries, at most {@link QuerySample#MAX_ROWS} of
   * them. The source is read once, now, by this thread, and not kept.
   *
   * @param queries as they are given to a search; some hundreds that are typical are enough
   * @throws IOException if reading them fails
   * @throws IllegalArgumentException if a value is not finite
   */
  public IvfParams withQuerySample(VectorSource queries) throws IOException {
    return withQuerySample(QuerySample.draw(queries, QUERY_SEED));
  }

  /** Returns a copy that puts another share of the vectors into a second list. */
  public IvfParams withSpill(Spill other) {
    return new IvfParams(
        encoding, sizing, thresholds, targetRecall, mergeBudgetBytes, querySample, other);
  }

  /**
   * The sizes at which a segment gets codes and lists.
   *
   * @param exact segments of fewer vectors have neither: they are scanned exactly
   * @param training with this many vectors, and no codebook known, one is trained
   * @param perList a segment of fewer than this many vectors per list of the codebook at hand has
   *     one list instead, coded about its mean
   */
  public record Thresholds(int exact, int training, int perList) {

    /**
     * Defaults: an exact scan of 1,000 vectors costs about as much as ranking centroids; one list
     * of 8,192 1-bit codes is scanned in about 10 µs. With 8 vectors per list centroids, padding
     * and codes take a third of what raw vectors of 128 dimensions take, and less of longer ones.
     */
    public static final Thresholds DEFAULT = new Thresholds(1_000, 8_192, 8);

    /** Validates the components. */
    public Thresholds {
      if (exact < 0) {
        throw new IllegalArgumentException("exact must be at least 0, got: " + exact);
      }
      if (training < 1) {
        throw new IllegalArgumentException("training must be at least 1, got: " + training);
      }
      if (perList < 0) {
        throw new IllegalArgumentException("perList must be at least 0, got: " + perList);
      }
    }
  }
}
