/**
 * {@code ./ivf bench}: a coordinator lets contenders take turns, each in a process of its own, and
 * turns their answers into a report. A process does one job after the other as lines on its
 * standard input say; recall is judged by the coordinator, which alone knows the truth. Settings
 * are chosen on one half of the queries and reported on the other. Internal.
 */
@NullMarked
package io.github.luceneivf.benchmarks.run;

import org.jspecify.annotations.NullMarked;
