/**
 * SIMD kernels: the inner loops of clustering and search, a scalar reference and one on {@code
 * jdk.incubator.vector}. Arrays and memory segments in, numbers out. Internal.
 */
@NullMarked
package io.github.luceneivf.kernel;

import org.jspecify.annotations.NullMarked;
