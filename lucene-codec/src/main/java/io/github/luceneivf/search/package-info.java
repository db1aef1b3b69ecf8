/**
 * Public API: Lucene queries that say how much of an inverted file they look at. A vector and an
 * {@link io.github.luceneivf.probe.IvfSearchStrategy} come in, ordinary scored documents go out.
 * The queries work on every vectors format; formats other than ours ignore the strategy.
 */
@NullMarked
package io.github.luceneivf.search;

import org.jspecify.annotations.NullMarked;
