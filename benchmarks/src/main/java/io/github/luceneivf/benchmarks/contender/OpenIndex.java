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
   * @param filter of the queries; null for all rows
   * @throws IOException if the filter cannot be read
   */
  Search search(Setting setting, int k, @Nullable RowFilter filter) throws IOException;

  /** Answers queries. Thread-safe. */
  interface Search {

    /**
     * Returns the rows found, best first.
     *
     * @param query [dim]
     */
    int[] rows(float[] query) throws IOException;

    /**
     * Returns the rows found, where each query may have a filter of its own.
     *
     * @param query [dim]
     * @param number of the query in its data set
     */
    default int[] rows(float[] query, int number) throws IOException {
      return rows(query);
    }

    /** Returns how many vectors one query looks at, if the contender tells; not for timing. */
    default OptionalLong visited(float[] query) throws IOException {
      return OptionalLong.empty();
    }
  }
}
