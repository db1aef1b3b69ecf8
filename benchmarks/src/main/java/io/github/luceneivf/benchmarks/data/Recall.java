// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.data;

/** The measure of what a search finds: recall@{@value #K} everywhere. */
public final class Recall {

  /** Neighbours wanted of every query: the k of recall@k. */
  public static final int K = 10;

  private Recall() {}
}
