// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.testdata;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** What code allocates once it is compiled. Stateless. */
public final class Allocations {

  /** Compilation happens on the way, in the background, and may be late. */
  private static final int MAX_ROUNDS = 50_000;

  private Allocations() {}

  /**
   * Calls until a round allocates less than a byte a call, or gives up.
   *
   * @param calls in a round
   * @return the bytes of the round that allocated least
   */
  public static long least(int calls, Runnable call) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long least = Long.MAX_VALUE;
    for (int round = 0; round < MAX_ROUNDS && least >= calls; round++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < calls; i++) {
        call.run();
      }
      least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
    }
    return least;
  }
}
