// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.run;

import io.github.luceneivf.benchmarks.contender.Contender;
import io.github.luceneivf.benchmarks.contender.Ladder;
import io.github.luceneivf.benchmarks.contender.Layout;
import io.github.luceneivf.benchmarks.contender.Setting;
import io.github.luceneivf.benchmarks.contender.Tag;
import io.github.luceneivf.benchmarks.report.Family;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Asks a contender what it is.
 *
 * @param rows vectors in the data set
 * @param layout of the indexes wanted
 * @param filter tag that rows must have; null for all rows
 */
record DescribeJob(int rows, Layout layout, @Nullable Tag filter)
    implements Job<DescribeJob.Description> {

  /**
   * What a contender says about itself, and whether it can do what is asked; see {@link Contender}.
   */
  record Description(
      Family family,
      String fingerprint,
      List<String> indexes,
      List<Ladder> ladders,
      Setting defaults,
      boolean supported) {}

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
        contender.supports(layout, filter));
  }
}
