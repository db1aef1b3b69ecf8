/**
 * Scenes of hard data: vectors and queries on which approximate search is known to go wrong, each
 * with the recall that is required of it. What is measured is recall by score against brute force,
 * of queries of this project, of Lucene's on the same index, and of Lucene's HNSW beside them.
 * Internal.
 */
@NullMarked
package io.github.luceneivf.it.scene;

import org.jspecify.annotations.NullMarked;
