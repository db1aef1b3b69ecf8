// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.run;

import io.github.luceneivf.benchmarks.contender.Setting;

/**
 * A setting tried on the tuning half.
 *
 * @param recall recall@k
 * @param micros CPU time per query
 */
record Trial(Setting setting, double recall, double micros) {}
