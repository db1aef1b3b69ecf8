/**
 * Recall by nprobe and rerank depth, measured with held-out queries, and the cheapest setting for a
 * wanted recall. Internal but for {@link io.github.luceneivf.calibration.Calibration}.
 */
@NullMarked
package io.github.luceneivf.calibration;

import org.jspecify.annotations.NullMarked;
