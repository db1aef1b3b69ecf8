/**
 * {@code ./ivf demo}: WordNet's glosses are embedded, indexed with the training sidecar as a
 * process of its own, searched by keyword, vector and both, and measured beside exact search and
 * HNSW. Internal.
 */
@NullMarked
package io.github.luceneivf.demo;

import org.jspecify.annotations.NullMarked;
