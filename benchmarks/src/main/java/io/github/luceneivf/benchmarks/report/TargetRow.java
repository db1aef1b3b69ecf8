// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.report;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * What one contender needs for one recall, as a line of a table.
 *
 * @param dataSet name of the data set
 * @param scenario name of the scenario
 * @param target recall asked for
 * @param contender name of the curve
 * @param family whose it is
 * @param ratioToBestPeer its speed over that of the fastest peer, NaN if there is none
 * @param point the setting chosen, with its figures
 */
@JsonPropertyOrder({
  "dataSet",
  "scenario",
  "target",
  "contender",
  "family",
  "ratioToBestPeer",
  "point"
})
record TargetRow(
    String dataSet,
    String scenario,
    double target,
    String contender,
    Family family,
    double ratioToBestPeer,
    Point point) {

  /** Returns a row for every contender, scenario and recall of {@link Target#RECALLS}. */
  static List<TargetRow> of(BenchReport report) {
    List<TargetRow> rows = new ArrayList<>();
    for (DataSetResult set : report.dataSets()) {
      for (ScenarioResult scenario : set.scenarios()) {
        for (double recall : Target.RECALLS) {
          for (Target target : Target.all(scenario, recall)) {
            rows.add(
                new TargetRow(
                    set.name(),
                    scenario.name(),
                    recall,
                    target.contender(),
                    target.family(),
                    target.ratioToBestPeer(),
                    target.point()));
          }
        }
      }
    }
    return rows;
  }
}
