/**
 * What queries and readers share: how a query asks for lists to probe and candidates to rerank.
 * {@link io.github.luceneivf.probe.IvfSearchStrategy} is public API, the rest internal.
 */
@NullMarked
package io.github.luceneivf.probe;

import org.jspecify.annotations.NullMarked;
