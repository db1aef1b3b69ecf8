// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.recall;

import java.util.List;

/**
 * All that was measured. Immutable.
 *
 * @param index folder of the index
 * @param field name of the field
 * @param dim its dimension
 * @param similarity how its vectors are compared
 * @param vectors vectors, deleted ones too
 * @param queries what was asked
 * @param wanted recall wanted
 * @param figures one for each k and setting
 * @param formats one for each k and vectors format in use
 * @param advice what to change, for people
 */
record RecallReport(
    String index,
    String field,
    int dim,
    String similarity,
    long vectors,
    String queries,
    double wanted,
    List<RecallFigure> figures,
    List<FormatShare> formats,
    List<String> advice) {

  RecallReport {
    figures = List.copyOf(figures);
    formats = List.copyOf(formats);
    advice = List.copyOf(advice);
  }
}
