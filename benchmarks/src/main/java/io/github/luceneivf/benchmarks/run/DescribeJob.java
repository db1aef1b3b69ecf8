// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.run;

import io.github.luceneivf.benchmarks.contender.Contender;
import io.github.luceneivf.benchmarks.contender.Ladder;
import io.github.luceneivf.benchmarks.contender.Layout;
import io.github.luceneivf.benchmarks.contender.Setting;
import io.github.luceneivf.benchmarks.report.Family;
import java.io.IOException;
import java.util.List;

/**
 * Asks a contender what it is.
 *
 * @param rows vectors in the data set
 * @param layout of the indexes wanted
 */
record DescribeJob(int rows, Layout layout) implements Job<DescribeJob.Description> {

  /**
   * What a contender says about itself, and whether it can lay rows out as is asked; see {@link
   * Contender}.
   */
  record Description(
      Family family,
      String fingerprint,
      List<String> indexes,
      List<Ladder> ladders,
      Setting defaults,
      boolean supported,
      boolean filters) {}

  @Override
  public Class<Description> answer() {
    return Description.class;
  }

  @Override
  public Description run(WorkerState state) throws IOException {
    Contender contender = state.contender();
    return new Description(
        contender.family(),
        contender.fingerprint(),
        contender.indexes(),
        contender.ladders(rows),
        contender.defaults(),
        contender.supports(layout),
        contender.filters());
  }
}
