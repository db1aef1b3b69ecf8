// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.hybrid;

import org.apache.lucene.search.Query;
import org.jspecify.annotations.Nullable;

/**
 * What a leg searches for, made anew for each search because a nearest-neighbour query needs its
 * depth and its filter when it is built: filtered afterwards it would lose hits. Implementations
 * must be thread-safe if their query is used by several threads, and build equal queries from equal
 * arguments if pages are to fit together.
 */
@FunctionalInterface
public interface LegQuery {

  /**
   * Makes the query of one search.
   *
   * @param window hits that the leg will take from the query, at least 1; at most the documents of
   *     the reader
   * @param filter what every hit must match, or null; the query returned must honour it
   */
  Query build(int window, @Nullable Query filter);

  /**
   * Wraps a Lucene query. A {@code KnnFloatVectorQuery} or {@code KnnByteVectorQuery} (ours too)
   * keeps its field, vector and strategy; its k becomes the window and the filter joins its own, to
   * be applied before the search. Any other query keeps its scores and gets the filter as a
   * filtering clause.
   *
   * <p>A nearest-neighbour query <em>inside</em> another query cannot be given the filter; {@link
   * #build} then throws {@code IllegalArgumentException} rather than lose hits. Such a leg needs an
   * implementation of its own.
   *
   * @throws IllegalArgumentException if {@code query} is null
   */
  static LegQuery of(Query query) {
    if (query == null) {
      throw new IllegalArgumentException("query must not be null");
    }
    return LegQueries.wrap(query);
  }
}
