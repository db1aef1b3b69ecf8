/**
 * Writing: buffered or merged vectors in, files out. {@link
 * io.github.luceneivf.codec.write.FieldIndexer} is the one pipeline; {@link
 * io.github.luceneivf.codec.write.IndexPlanner} decides what it does. Internal.
 */
@NullMarked
package io.github.luceneivf.codec.write;

import org.jspecify.annotations.NullMarked;
