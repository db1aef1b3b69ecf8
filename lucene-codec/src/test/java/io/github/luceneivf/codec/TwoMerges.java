// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.lucene.index.ConcurrentMergeScheduler;
import org.apache.lucene.index.FilterMergePolicy;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.MergePolicy;
import org.apache.lucene.index.MergeTrigger;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.index.SegmentCommitInfo;
import org.apache.lucene.index.SegmentInfos;
import org.jspecify.annotations.Nullable;

/** Merges the first segments of an index, half of them each, in two merges at once, and once. */
final class TwoMerges extends FilterMergePolicy {

  private final int segments;
  private final List<Merge> merges = new CopyOnWriteArrayList<>();
  private final List<Throwable> failures = new CopyOnWriteArrayList<>();
  private final AtomicInteger aborted = new AtomicInteger();
  private final CountDownLatch ended = new CountDownLatch(2);
  private volatile boolean started;

  TwoMerges(int segments) {
    super(NoMergePolicy.INSTANCE);
    this.segments = segments;
  }

  private final class Merge extends OneMerge {
    private volatile @Nullable Thread thread;

    Merge(List<SegmentCommitInfo> of) {
      super(of);
    }

    @Override
    public void checkAborted() throws MergePolicy.MergeAbortedException {
      thread = Thread.currentThread();
      super.checkAborted();
    }

    @Override
    public void mergeFinished(boolean success, boolean segmentDropped) throws IOException {
      super.mergeFinished(success, segmentDropped);
      if (isAborted()) {
        aborted.incrementAndGet();
      }
      ended.countDown();
    }
  }

  @Override
  public synchronized @Nullable MergeSpecification findMerges(
      MergeTrigger trigger, SegmentInfos infos, MergeContext context) {
    if (!started || !merges.isEmpty()) {
      return null;
    }
    MergeSpecification found = new MergeSpecification();
    for (int half = 0; half < 2; half++) {
      int from = half * segments / 2;
      merges.add(new Merge(List.copyOf(infos.asList().subList(from, from + segments / 2))));
      found.add(merges.getLast());
    }
    return found;
  }

  ConcurrentMergeScheduler scheduler() {
    ConcurrentMergeScheduler scheduler =
        new ConcurrentMergeScheduler() {
          @Override
          protected void handleMergeException(Throwable failure) {
            failures.add(failure);
          }
        };
    scheduler.setMaxMergesAndThreads(2, 2);
    return scheduler;
  }

  void start(IndexWriter writer) throws IOException {
    started = true;
    writer.maybeMerge();
  }

  void await() throws InterruptedException {
    if (!ended.await(120, TimeUnit.SECONDS)) {
      throw new AssertionError("merges hang");
    }
  }

  /** Starts both and waits for their end. */
  void run(IndexWriter writer) throws IOException, InterruptedException {
    start(writer);
    await();
  }

  void abortMergeOf(Thread thread) {
    for (Merge merge : merges) {
      if (merge.thread == thread) {
        merge.setAborted();
      }
    }
  }

  int aborted() {
    return aborted.get();
  }

  /** Returns what merges failed with, those aborted left out. */
  List<Throwable> failures() {
    return failures;
  }
}
