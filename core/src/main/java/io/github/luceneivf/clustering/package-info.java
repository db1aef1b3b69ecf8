/**
 * K-means and what it needs: matrices and sources of vectors, seeded samples, assignment, list
 * balance. Vectors in, centroids and a report of their quality out. Internal but for the types that
 * {@code codebook} shows.
 */
@NullMarked
package io.github.luceneivf.clustering;

import org.jspecify.annotations.NullMarked;
