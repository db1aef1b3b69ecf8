/**
 * The soak, {@code ./ivf soak}: an index that is written, merged and searched for a long time while
 * its sidecar is killed again and again. In comes a data set, out come figures over time and a list
 * of what should not have been. Internal.
 */
@NullMarked
package io.github.luceneivf.benchmarks.soak;

import org.jspecify.annotations.NullMarked;
