/**
 * Public API: how an index is written. Settings, the ports it asks for training and encoding, and
 * what it tells of its work. Nothing of this is needed to read an index.
 */
@NullMarked
package io.github.luceneivf.codec.config;

import org.jspecify.annotations.NullMarked;
