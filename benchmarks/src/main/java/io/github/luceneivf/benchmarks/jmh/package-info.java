/**
 * Micro benchmarks of the vector kernels by JMH, against a plain read of the same memory in the
 * same run, at sizes that fit the second and third level of the cache and that fit neither.
 * Internal.
 */
@NullMarked
package io.github.luceneivf.benchmarks.jmh;

import org.jspecify.annotations.NullMarked;
