// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.diskbbq;

import io.github.luceneivf.benchmarks.contender.Contender;
import io.github.luceneivf.benchmarks.contender.ContenderProvider;
import java.util.List;
import org.elasticsearch.common.logging.LogConfigurator;

/** Lets DiskBBQ compete with codes of one and of four bits. */
public final class DiskBbqProvider implements ContenderProvider {

  static {
    // Elasticsearch's formats log when Lucene loads them, and fail if that is not set up.
    LogConfigurator.configureESLogging();
  }

  /** Called by the service loader. */
  public DiskBbqProvider() {}

  @Override
  public List<Contender> contenders() {
    return List.of(DiskBbqContender.bit1(), DiskBbqContender.bit4());
  }
}
