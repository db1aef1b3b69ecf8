// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.client;

import io.github.luceneivf.client.SidecarException.Reason;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Counts where work was done, and why not by the sidecar. Thread-safe. */
public final class SidecarCounters {

  private final LongAdder remote = new LongAdder();
  private final LongAdder rethrown = new LongAdder();
  private final Map<Reason, LongAdder> fallbacks = new EnumMap<>(Reason.class);

  /** Creates counters at zero. */
  public SidecarCounters() {
    for (Reason reason : Reason.values()) {
      fallbacks.put(reason, new LongAdder());
    }
  }

  /** Returns how often the sidecar did the work. */
  public long remote() {
    return remote.sum();
  }

  /** Returns how often it was done in this process, because the sidecar did not. */
  public long fallbacks() {
    return fallbacks.values().stream().mapToLong(LongAdder::sum).sum();
  }

  /** Returns how often it was done in this process for one reason. */
  public long fallbacks(Reason reason) {
    LongAdder count = fallbacks.get(reason);
    return count == null ? 0 : count.sum();
  }

  /** Returns how often it was not done: aborted, or trouble with the caller's own data. */
  public long rethrown() {
    return rethrown.sum();
  }

  void countRemote() {
    remote.increment();
  }

  void countRethrown() {
    rethrown.increment();
  }

  void countFallback(Reason reason) {
    LongAdder count = fallbacks.get(reason);
    if (count != null) {
      count.increment();
    }
  }

  @Override
  public String toString() {
    return "remote=" + remote() + " fallbacks=" + fallbacks + " rethrown=" + rethrown();
  }
}
