/**
 * Public API: how an index is written. Settings, and the ports it asks for training and encoding.
 * Nothing of this is needed to read an index.
 */
@NullMarked
package io.github.luceneivf.codec.config;

import org.jspecify.annotations.NullMarked;
