// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.telemetry;

/** Told of every field of every segment once it is written. Thread-safe; must not block. */
@FunctionalInterface
public interface IndexListener {

  /** Ignores everything. */
  IndexListener NONE = event -> {};

  /** Told after a field was written, from the thread of the flush or merge. */
  void onIndexed(IndexEvent event);
}
