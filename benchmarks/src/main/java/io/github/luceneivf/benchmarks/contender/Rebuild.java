package io.github.luceneivf.benchmarks.contender;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Builds an index again, with all that can be learnt from its rows at hand: for an inverted file,
 * its codebook. Not thread-safe.
 */
@FunctionalInterface
public interface Rebuild {

  /**
   * Builds the index.
   *
   * @param folder exists and is empty
   */
  BuildCost into(Layout layout, Path folder) throws IOException;
}
