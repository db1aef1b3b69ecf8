/**
 * {@code ./ivf recall}: recall of a user's own index against exact search, and what to do about it.
 * An index and queries come in; a table, figures as JSON and advice go out. Nothing is written to
 * the index. Internal.
 */
@NullMarked
package io.github.luceneivf.benchmarks.recall;

import org.jspecify.annotations.NullMarked;
