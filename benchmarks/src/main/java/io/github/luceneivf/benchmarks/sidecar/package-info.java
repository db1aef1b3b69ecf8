/** The training sidecar as a process of its own, for what measures with it. */
@NullMarked
package io.github.luceneivf.benchmarks.sidecar;

import org.jspecify.annotations.NullMarked;
