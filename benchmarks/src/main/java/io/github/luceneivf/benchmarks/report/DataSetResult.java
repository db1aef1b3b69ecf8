// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.report;

import java.util.List;

/**
 * What was measured on one data set.
 *
 * @param name name of the data set, with its seed if it was generated
 * @param vectors rows of the base
 * @param dim dimensions
 * @param metric {@code EUCLIDEAN}, {@code COSINE} or {@code INNER_PRODUCT}
 * @param queries queries measured, both halves together
 * @param scenarios search results, one per scenario
 * @param builds index builds, one per contender and way of building
 * @param openings what the first queries cost, one per contender
 * @param merges what flushes and merges cost, one per contender
 * @param traffic search beside merges
 * @param aborts how long giving merges up takes
 * @param decays recall of indexes that change, one per contender
 * @param filters search under filters, one per contender, index and filter
 * @param failures what contenders could not do, in words
 */
public record DataSetResult(
    String name,
    int vectors,
    int dim,
    String metric,
    int queries,
    List<ScenarioResult> scenarios,
    List<BuildResult> builds,
    List<OpeningResult> openings,
    List<MergeResult> merges,
    List<TrafficResult> traffic,
    List<AbortResult> aborts,
    List<DecayResult> decays,
    List<FilterResult> filters,
    List<String> failures) {

  /** Copies the lists. */
  public DataSetResult {
    scenarios = List.copyOf(scenarios);
    builds = List.copyOf(builds);
    openings = List.copyOf(openings);
    merges = List.copyOf(merges);
    traffic = List.copyOf(traffic);
    aborts = List.copyOf(aborts);
    decays = List.copyOf(decays);
    filters = List.copyOf(filters);
    failures = List.copyOf(failures);
  }
}
