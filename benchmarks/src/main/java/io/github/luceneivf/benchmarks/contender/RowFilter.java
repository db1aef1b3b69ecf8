// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.contender;

/**
 * A filter of queries, for every contender the same: a set of rows for all of them, or one for each
 * ({@link RowSets}).
 *
 * @param file of the sets
 * @param cached whether what a filter accepts is kept from query to query, as Lucene's query cache
 *     does; otherwise each query iterates over it
 */
public record RowFilter(String file, boolean cached) {}
