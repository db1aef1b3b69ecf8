/**
 * Data sets with queries and exact neighbours: readers of the formats that the field uses,
 * generators of large sets, exact search for the truth of them. Files are not trusted: each reader
 * tells file, offset, constraint and value of what is wrong. Internal.
 */
@NullMarked
package io.github.luceneivf.benchmarks.data;

import org.jspecify.annotations.NullMarked;
