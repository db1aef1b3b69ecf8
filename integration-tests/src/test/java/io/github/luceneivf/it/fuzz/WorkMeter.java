// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it.fuzz;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;

/** Bounds what a thread may do to read some bytes: memory it allocates, time it works. */
final class WorkMeter {

  /** What reading anything may take, however small: buffers, queues, hash tables. */
  private static final long FIXED_BYTES = 4 << 20;

  /** What it may take for each byte that there is: decoded, mapped, transposed, hashed. */
  private static final long BYTES_PER_BYTE = 64;

  /** Time of a processor, so that a busy machine makes no difference. */
  private static final long MOST_NANOS = 5_000_000_000L;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private WorkMeter() {}

  /** What is measured. */
  @FunctionalInterface
  interface Work {
    /** Reads the bytes. */
    void run() throws IOException;
  }

  /**
   * Does some work, twice if it took too much: the first time classes may have been loaded.
   *
   * @throws AssertionError if it takes more memory than so many bytes are worth, or five seconds
   */
  static void run(long inputBytes, Work work) throws IOException {
    long most = FIXED_BYTES + BYTES_PER_BYTE * inputBytes;
    if (allocated(work) > most) {
      long again = allocated(work);
      if (again > most) {
        throw new AssertionError(
            "allocated bytes must be at most " + most + " for " + inputBytes + ", got: " + again);
      }
    }
  }

  private static long allocated(Work work) throws IOException {
    long bytes = THREADS.getCurrentThreadAllocatedBytes();
    long nanos = THREADS.getCurrentThreadCpuTime();
    work.run();
    nanos = THREADS.getCurrentThreadCpuTime() - nanos;
    if (nanos > MOST_NANOS) {
      throw new AssertionError("nanoseconds must be at most " + MOST_NANOS + ", got: " + nanos);
    }
    return THREADS.getCurrentThreadAllocatedBytes() - bytes;
  }
}
