// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.contender;

import java.io.Closeable;
import java.io.IOException;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** An index open for search. Thread-safe. */
public interface OpenIndex extends Closeable {

  /**
   * Returns a search with everything fixed but the vector.
   *
   * @param k rows wanted
   * @param filter tag that rows must have; null for all rows
   */
  Search search(Setting setting, int k, @Nullable Tag filter);

  /** Answers queries. Thread-safe. */
  interface Search {

    /**
     * Returns the rows found, best first.
     *
     * @param query [dim]
     */
    int[] rows(float[] query) throws IOException;

    /** Returns how many vectors one query looks at, if the contender tells; not for timing. */
    default OptionalLong visited(float[] query) throws IOException {
      return OptionalLong.empty();
    }
  }
}
