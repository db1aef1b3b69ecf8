/**
 * Bytes on disk and nothing else: names of files, meta data of a field, codebooks in a segment,
 * posting lists and ordinals, and raw vectors as floats whatever they are made of. Every count is
 * bounded by the length of its file before anything is allocated. Internal; {@link
 * io.github.luceneivf.codec.IvfVectorsFormat} specifies the files.
 */
@NullMarked
package io.github.luceneivf.codec.file;

import org.jspecify.annotations.NullMarked;
