// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.probe;

import org.apache.lucene.search.KnnCollector;

/**
 * A collector that wants every vector of a score or more, however many there are. A reader of ours
 * that is given one, undecorated, looks for these from the start. It learns what others want from
 * how they answer.
 */
public interface RangeCollector extends KnnCollector {

  /** Returns the least score that is wanted, a number. */
  float minScore();
}
