// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.config;

import java.util.EnumMap;
import java.util.Map;

/** A listener that counts: fields of segments by what was done, vectors copied and encoded. */
public final class IndexCounters implements IndexListener {

  private final Map<IndexEvent.Cause, Map<IndexEvent.Action, Long>> actions =
      new EnumMap<>(IndexEvent.Cause.class);
  private final Map<MergeCounts.Input, Long> inputs = new EnumMap<>(MergeCounts.Input.class);
  private long vectorsCopied;
  private long vectorsEncoded;

  /** Creates counters of nothing. */
  public IndexCounters() {}

  @Override
  public synchronized void onIndexed(IndexEvent event) {
    actions
        .computeIfAbsent(event.cause(), _ -> new EnumMap<>(IndexEvent.Action.class))
        .merge(event.action(), 1L, Long::sum);
    event.merged().inputs().forEach((kind, count) -> inputs.merge(kind, (long) count, Long::sum));
    vectorsCopied += event.merged().vectorsCopied();
    vectorsEncoded += event.merged().vectorsEncoded();
  }

  /** Returns how often something was done. */
  public synchronized long count(IndexEvent.Cause cause, IndexEvent.Action action) {
    return actions.getOrDefault(cause, Map.of()).getOrDefault(action, 0L);
  }

  /** Returns the segments of a kind that were merged. */
  public synchronized long inputs(MergeCounts.Input kind) {
    return inputs.getOrDefault(kind, 0L);
  }

  /** Returns the vectors whose codes merges have copied. */
  public synchronized long vectorsCopied() {
    return vectorsCopied;
  }

  /** Returns the vectors that merges have assigned and encoded. */
  public synchronized long vectorsEncoded() {
    return vectorsEncoded;
  }
}
