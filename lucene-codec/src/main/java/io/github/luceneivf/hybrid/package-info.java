/**
 * Public API: one answer from several rankings of the same documents, usually keywords and vectors.
 * A {@link io.github.luceneivf.hybrid.HybridQuery} names the legs; {@link
 * io.github.luceneivf.hybrid.HybridSearcher} runs each over an ordinary {@code IndexSearcher} and
 * fuses the rankings by a {@link io.github.luceneivf.hybrid.RankFusion} into {@link
 * io.github.luceneivf.hybrid.HybridHits}, which show what each leg contributed. Pages of a query
 * are cut from one ranking ({@link io.github.luceneivf.hybrid.PageStart}). Knows Lucene's queries
 * and no codec.
 */
@NullMarked
package io.github.luceneivf.hybrid;

import org.jspecify.annotations.NullMarked;
