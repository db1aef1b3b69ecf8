/**
 * What a run of the benchmarks measured, and how it is shown: JSON, CSV, a text table, and one HTML
 * file with curves. Figures come in as a {@link io.github.luceneivf.benchmarks.report.BenchReport};
 * this package measures nothing. Internal.
 */
@NullMarked
package io.github.luceneivf.benchmarks.report;

import org.jspecify.annotations.NullMarked;
