// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.contender;

import java.util.List;

/** A service by which code outside this module lets contenders compete. */
public interface ContenderProvider {

  /** Returns the contenders. */
  List<Contender> contenders();
}
