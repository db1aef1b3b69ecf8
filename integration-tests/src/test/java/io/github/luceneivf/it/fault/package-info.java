/**
 * Faults of the sidecar and of the way to it, made on purpose: a TCP proxy that misbehaves, a
 * sidecar that lies, signals to a real one; and merges that must not mind. Tests only.
 */
@NullMarked
package io.github.luceneivf.it.fault;

import org.jspecify.annotations.NullMarked;
