/**
 * What queries and readers share: how a query asks for lists to probe and candidates to rerank.
 * {@link io.github.luceneivf.probe.IvfSearchStrategy} and {@link
 * io.github.luceneivf.probe.ProbeReport} are public API. A {@link
 * io.github.luceneivf.probe.RangeCollector} tells a reader which scores are wanted. A {@link
 * io.github.luceneivf.probe.ProbePlan} lets the leaves of an index join one {@link
 * io.github.luceneivf.probe.ProbeSearch}; these and the rest are internal.
 */
@NullMarked
package io.github.luceneivf.probe;

import org.jspecify.annotations.NullMarked;
