/**
 * Public API: Lucene queries for the nearest vectors, which say how much of an inverted file they
 * look at, and for all vectors of a score or more. A vector and an {@link
 * io.github.luceneivf.probe.IvfSearchStrategy} or a score come in, ordinary scored documents go
 * out. The queries work on every vectors format; formats other than ours ignore the strategy.
 */
@NullMarked
package io.github.luceneivf.search;

import org.jspecify.annotations.NullMarked;
