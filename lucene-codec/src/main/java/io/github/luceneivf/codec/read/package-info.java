/**
 * Reading: files in, hits out. {@link io.github.luceneivf.codec.read.FieldSearcher} is the one
 * query pipeline: centroid ranking, list scan, candidates, exact rerank, collector. Internal.
 */
@NullMarked
package io.github.luceneivf.codec.read;

import org.jspecify.annotations.NullMarked;
