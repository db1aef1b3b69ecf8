// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.demo;

import io.github.luceneivf.codec.telemetry.IndexEvent;
import io.github.luceneivf.codec.telemetry.IndexListener;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.index.MergePolicy;
import org.apache.lucene.index.MergeScheduler;
import org.apache.lucene.index.MergeTrigger;

/**
 * Runs merges one after the other on the thread that asks for them, so that what happens meanwhile
 * belongs to one merge, and keeps a record of each. Thread-safe.
 */
final class MergeLog extends MergeScheduler implements IndexListener {

  private final List<Merge> merges = new ArrayList<>();
  private final List<IndexEvent> flushes = new ArrayList<>();
  private final List<PortCall> calls = new ArrayList<>();
  private final List<IndexEvent> events = new ArrayList<>();

  /**
   * A merge that was done.
   *
   * @param segments merged
   * @param documents merged, deleted ones counted
   * @param nlist posting lists of the result; 0 if it is scanned exactly
   * @param copied vectors whose codes were copied
   * @param time it took
   * @param calls of ports, in their order
   */
  record Merge(
      int segments, int documents, int nlist, int copied, Duration time, List<PortCall> calls) {

    Merge {
      calls = List.copyOf(calls);
    }

    /** Returns where its vectors were handled. */
    Kind kind() {
      if (calls.stream().anyMatch(c -> c.done() && c.place() == PortCall.Place.IN_PROCESS)) {
        return Kind.IN_PROCESS;
      }
      if (calls.stream().anyMatch(PortCall::done)) {
        return Kind.SIDECAR;
      }
      return copied > 0 ? Kind.COPY : Kind.EXACT;
    }

    /** Returns what was done, and how long each part took. */
    String work() {
      if (calls.isEmpty()) {
        return copied > 0 ? "code blocks copied" : "few vectors, scanned exactly";
      }
      List<String> parts = new ArrayList<>();
      for (PortCall call : calls) {
        String name = call.work() == PortCall.Work.TRAIN ? "train" : "assign + encode";
        if (call.done()) {
          parts.add(name + " " + Text.time(call.time()));
        }
      }
      boolean tried = calls.stream().anyMatch(call -> !call.done());
      if (copied > 0) {
        parts.add(copied + " codes copied");
      }
      return (tried ? "no sidecar: " : "") + String.join(", ", parts);
    }
  }

  /** Where the vectors of a merge were handled. */
  enum Kind {
    /** In the sidecar, all of them. */
    SIDECAR("sidecar"),
    /** Nowhere: their codes were copied. */
    COPY("copy"),
    /** In this process, some or all of them. */
    IN_PROCESS("in-process"),
    /** Nowhere: too few of them to need lists. */
    EXACT("-");

    private final String label;

    Kind(String label) {
      this.label = label;
    }

    /** Returns what the user reads. */
    String label() {
      return label;
    }
  }

  /** Told of each call of a port. */
  synchronized void add(PortCall call) {
    calls.add(call);
  }

  @Override
  public synchronized void onIndexed(IndexEvent event) {
    (event.cause() == IndexEvent.Cause.FLUSH ? flushes : events).add(event);
  }

  /** Returns the merges done so far. */
  synchronized List<Merge> merges() {
    return List.copyOf(merges);
  }

  /** Returns the flushes done so far. */
  synchronized List<IndexEvent> flushes() {
    return List.copyOf(flushes);
  }

  /** Returns how many of the merges done so far are of a kind. */
  int count(Kind kind) {
    return (int) merges().stream().filter(merge -> merge.kind() == kind).count();
  }

  @Override
  public synchronized void merge(MergeSource source, MergeTrigger trigger) throws IOException {
    for (MergePolicy.OneMerge merge = source.getNextMerge();
        merge != null;
        merge = source.getNextMerge()) {
      calls.clear();
      events.clear();
      long start = System.nanoTime();
      int segments = merge.segments.size();
      int documents = merge.segments.stream().mapToInt(s -> s.info.maxDoc()).sum();
      source.merge(merge);
      Duration time = Duration.ofNanos(System.nanoTime() - start);
      int nlist = events.stream().mapToInt(IndexEvent::nlist).max().orElse(0);
      int copied = events.stream().mapToInt(e -> e.merged().vectorsCopied()).sum();
      merges.add(new Merge(segments, documents, nlist, copied, time, calls));
    }
  }

  @Override
  public void close() {}
}
