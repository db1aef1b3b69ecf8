/**
 * Reading: files in, hits out. {@link io.github.luceneivf.codec.read.IvfVectorsReader} opens a
 * segment; {@link io.github.luceneivf.codec.read.IndexSearch} is the one query pipeline, over one
 * segment or many: centroid ranking, list scan, candidates, exact rerank, collector. Internal.
 */
@NullMarked
package io.github.luceneivf.codec.read;

import org.jspecify.annotations.NullMarked;
