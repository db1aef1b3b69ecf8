/**
 * Vectors to code bytes and back to approximate distances: rotation, encodings, block layout, one
 * prepared query per query. Internal but for {@link io.github.luceneivf.quantization.Encoding}.
 */
@NullMarked
package io.github.luceneivf.quantization;

import org.jspecify.annotations.NullMarked;
