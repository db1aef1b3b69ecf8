// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.run;

import io.github.luceneivf.benchmarks.report.AbortResult;
import io.github.luceneivf.benchmarks.report.BuildResult;
import io.github.luceneivf.benchmarks.report.DecayResult;
import io.github.luceneivf.benchmarks.report.FilterResult;
import io.github.luceneivf.benchmarks.report.MergeResult;
import io.github.luceneivf.benchmarks.report.OpeningResult;
import io.github.luceneivf.benchmarks.report.ScenarioResult;
import io.github.luceneivf.benchmarks.report.TrafficResult;
import java.util.ArrayList;
import java.util.List;

/**
 * What scenarios found out, as they go.
 *
 * @param searches results of search
 * @param builds results of indexing
 * @param openings results of opening
 * @param merges results of merging
 * @param traffic results of search beside merges
 * @param aborts results of giving merges up
 * @param decays results of indexes that change
 * @param filters results of search under filters
 * @param failures what contenders could not do
 */
record Findings(
    List<ScenarioResult> searches,
    List<BuildResult> builds,
    List<OpeningResult> openings,
    List<MergeResult> merges,
    List<TrafficResult> traffic,
    List<AbortResult> aborts,
    List<DecayResult> decays,
    List<FilterResult> filters,
    List<String> failures) {

  /** Returns findings to be filled. */
  static Findings empty() {
    return new Findings(
        new ArrayList<>(),
        new ArrayList<>(),
        new ArrayList<>(),
        new ArrayList<>(),
        new ArrayList<>(),
        new ArrayList<>(),
        new ArrayList<>(),
        new ArrayList<>(),
        new ArrayList<>());
  }
}
