package io.github.luceneivf.benchmarks.run;

import io.github.luceneivf.benchmarks.contender.Contender;
import io.github.luceneivf.benchmarks.contender.Ladder;
import io.github.luceneivf.benchmarks.contender.Setting;
import io.github.luceneivf.benchmarks.report.Family;
import java.io.IOException;
import java.util.List;

/**
 * Asks a contender what it is.
 *
 * @param rows vectors in the data set
 */
record DescribeJob(int rows) implements Job<DescribeJob.Description> {

  /** What a contender says about itself; see {@link Contender}. */
  record Description(
      Family family,
      String fingerprint,
      List<String> indexes,
      List<Ladder> ladders,
      Setting defaults) {}

  @Override
  public Class<Description> answer() {
    return Description.class;
  }

  @Override
  public Description run(Desk desk) throws IOException {
    Contender contender = desk.contender();
    return new Description(
        contender.family(),
        contender.fingerprint(),
        contender.indexes(),
        contender.ladders(rows),
        contender.defaults());
  }
}
