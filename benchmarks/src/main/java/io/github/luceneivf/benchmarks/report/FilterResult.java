// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.report;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * One contender under one filter, with the fastest setting that reaches recall .95 on the other
 * half of the queries; ours with nothing set, too.
 *
 * @param circumstances index and filter
 * @param contender its name
 * @param family whose it is
 * @param tuned whether the settings were chosen; otherwise nothing is set
 * @param settings of the contender
 * @param found what it found
 * @param speed how fast
 */
@JsonPropertyOrder({"circumstances", "contender", "family", "tuned", "settings", "found", "speed"})
public record FilterResult(
    @JsonUnwrapped Circumstances circumstances,
    String contender,
    Family family,
    boolean tuned,
    String settings,
    @JsonUnwrapped Found found,
    @JsonUnwrapped Speed speed) {

  /**
   * An index and a filter.
   *
   * @param index for example {@code 10 segments, 20 % deleted}
   * @param filter for example {@code 1 % at random}
   * @param cached whether a query cache keeps what the filter accepts
   * @param matches rows that are accepted and not deleted, of a query on average
   */
  @JsonPropertyOrder({"index", "filter", "cached", "matches"})
  public record Circumstances(String index, String filter, boolean cached, double matches) {}

  /**
   * What was found.
   *
   * @param recall mean of recall@k; in [0, 1]
   * @param recall5 5th percentile of recall@k over queries
   * @param shortShare share of the queries with fewer hits than k, though more rows were accepted
   */
  @JsonPropertyOrder({"recall", "recall5", "shortShare"})
  public record Found(double recall, double recall5, double shortShare) {}

  /**
   * Queries per second of the thread's CPU time.
   *
   * @param qpsMedian median of the repetitions
   * @param qpsLow slowest repetition
   * @param qpsHigh fastest repetition
   * @param costToNone time of a query over that of one without a filter, in the same index
   */
  @JsonPropertyOrder({"qpsMedian", "qpsLow", "qpsHigh", "costToNone"})
  public record Speed(double qpsMedian, double qpsLow, double qpsHigh, double costToNone) {}

  /**
   * Returns the fastest of a family in the same circumstances.
   *
   * @param all results of the run
   */
  public Optional<FilterResult> fastest(List<FilterResult> all, Family wanted) {
    return all.stream()
        .filter(other -> other.family() == wanted && other.circumstances().equals(circumstances))
        .max(Comparator.comparingDouble(other -> other.speed().qpsMedian()));
  }

  /**
   * Returns the same contender in the same circumstances with chosen settings.
   *
   * @param all results of the run
   */
  public Optional<FilterResult> tuned(List<FilterResult> all) {
    return all.stream()
        .filter(other ->
            other.tuned
                && other.contender.equals(contender)
                && other.circumstances().equals(circumstances))
        .findFirst();
  }

  /**
   * Returns its speed over that of the fastest peer; NaN if there is none.
   *
   * @param all results of the run
   */
  public double ratioToBestPeer(List<FilterResult> all) {
    return all.stream()
        .filter(other -> other.family().isPeer() && other.circumstances().equals(circumstances))
        .mapToDouble(other -> speed.qpsMedian() / other.speed().qpsMedian())
        .min()
        .orElse(Double.NaN);
  }
}
