/**
 * Whether the codebook at hand still fits: the vectors of a segment, of a merge, of the whole index
 * as far as a merge can know it. {@link io.github.luceneivf.codec.fit.FieldState} is what the
 * process remembers of a field between flushes and merges, {@link
 * io.github.luceneivf.codec.fit.RenewalRule} says when a new version is due. Reads what {@code
 * codec.file} describes; {@code codec.write} asks and acts. Internal.
 */
@NullMarked
package io.github.luceneivf.codec.fit;

import org.jspecify.annotations.NullMarked;
