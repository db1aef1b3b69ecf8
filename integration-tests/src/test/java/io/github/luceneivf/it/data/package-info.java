/**
 * Where the real data sets lie that larger checks run on; they are read by the benchmarks' readers.
 * They lie outside the repository, in {@code shared/data} beside the project folder or where the
 * system property {@code ivf.data} says; a test that asks for them is skipped with a message where
 * they are absent. Internal.
 */
@NullMarked
package io.github.luceneivf.it.data;

import org.jspecify.annotations.NullMarked;
