// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec;

import io.github.luceneivf.thread.BackgroundThread;
import java.io.IOException;
import org.apache.lucene.index.ConcurrentMergeScheduler;
import org.apache.lucene.index.MergePolicy;

/**
 * Lucene's {@link ConcurrentMergeScheduler}, with merges that give way to searches: where cores are
 * scarce, a thread of a merge, and of a training in it, gets a tenth of one that a search wants. On
 * a machine with cores to spare merges take as long as before.
 *
 * <pre>{@code
 * config.setMergeScheduler(new BackgroundMergeScheduler());
 * }</pre>
 *
 * <p>The priority is the operating system's: on Linux the nice value of the thread, {@value
 * io.github.luceneivf.thread.BackgroundThread#NICE}; elsewhere what the JVM makes of {@link
 * Thread#MIN_PRIORITY}.
 */
public class BackgroundMergeScheduler extends ConcurrentMergeScheduler {

  /** Creates a scheduler with the limits of {@link ConcurrentMergeScheduler}. */
  public BackgroundMergeScheduler() {}

  @Override
  protected void doMerge(MergeSource mergeSource, MergePolicy.OneMerge merge) throws IOException {
    BackgroundThread.lowerPriority(); // the thread merges and ends
    super.doMerge(mergeSource, merge);
  }
}
