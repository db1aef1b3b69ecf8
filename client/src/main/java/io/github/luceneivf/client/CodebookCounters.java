// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.client;

import java.util.concurrent.atomic.LongAdder;

/** Counts what became of questions for codebooks, offers and drift reports. Thread-safe. */
public final class CodebookCounters {

  final LongAdder fetched = new LongAdder();
  final LongAdder unchanged = new LongAdder();
  final LongAdder published = new LongAdder();
  final LongAdder known = new LongAdder();
  final LongAdder refused = new LongAdder();
  final LongAdder reported = new LongAdder();
  final LongAdder failed = new LongAdder();

  CodebookCounters() {}

  /** Returns how often a newer codebook came. */
  public long fetched() {
    return fetched.sum();
  }

  /** Returns how often there was none. */
  public long unchanged() {
    return unchanged.sum();
  }

  /** Returns how many offers were published. */
  public long published() {
    return published.sum();
  }

  /** Returns how many offers were there already. */
  public long known() {
    return known.sum();
  }

  /** Returns how many offers were refused, because they do not follow the latest codebook. */
  public long refused() {
    return refused.sum();
  }

  /** Returns how many drift reports were taken. */
  public long reported() {
    return reported.sum();
  }

  /** Returns how often the sidecar could not be asked, or failed. */
  public long failed() {
    return failed.sum();
  }

  @Override
  public String toString() {
    return "fetched="
        + fetched()
        + " unchanged="
        + unchanged()
        + " published="
        + published()
        + " known="
        + known()
        + " refused="
        + refused()
        + " reported="
        + reported()
        + " failed="
        + failed();
  }
}
