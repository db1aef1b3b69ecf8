// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.config;

/**
 * What clients may ask for.
 *
 * @param maxDims largest dimension, at least 1
 * @param maxNlist most lists of a codebook, at least 1
 * @param maxSampleBytes largest sample, in bytes, at least 1
 * @param maxJobs most training jobs that have not ended, at least 1
 * @param maxStreams most encode streams at a time, at least 1
 * @param memoryBytes memory that all jobs and streams may use together, at least 1 MiB
 * @param threads most threads of one training, at least 1
 * @param maxConnections most connections at a time, at least 1
 */
public record Limits(
    int maxDims,
    int maxNlist,
    long maxSampleBytes,
    int maxJobs,
    int maxStreams,
    long memoryBytes,
    int threads,
    int maxConnections) {

  /** Size of the chunks that the server sends, in bytes. */
  public static final int CHUNK_BYTES = 1 << 20;

  /**
   * Least pace of a client that the server waits for, in bytes per second. The client asks the same
   * of the server; below it a codebook of 1 GiB would hold its memory for more than four hours.
   */
  public static final int MIN_BYTES_PER_SECOND = 64 << 10;

  /** Most Lloyd iterations. */
  public static final int MAX_ITERATIONS = 1000;

  private static final int DEFAULT_MAX_DIMS = 4096;
  private static final int DEFAULT_MAX_NLIST = 65_536;
  private static final int DEFAULT_MAX_JOBS = 16;
  private static final int DEFAULT_MAX_STREAMS = 16;

  /** Nodes of a large cluster with a few connections each, and half of a usual 1024 descriptors. */
  private static final int DEFAULT_MAX_CONNECTIONS = 512;

  private static final long MIN_MEMORY_BYTES = 1 << 20;

  /** Validates the components. */
  public Limits {
    requireAtLeast("max-dims", maxDims, 1);
    requireAtLeast("max-nlist", maxNlist, 1);
    requireAtLeast("max-sample-bytes", maxSampleBytes, 1);
    requireAtLeast("max-jobs", maxJobs, 1);
    requireAtLeast("max-streams", maxStreams, 1);
    requireAtLeast("memory", memoryBytes, MIN_MEMORY_BYTES);
    requireAtLeast("threads", threads, 1);
    requireAtLeast("max-connections", maxConnections, 1);
  }

  /**
   * Returns how many of something one connection may have, so that no client has all: three
   * quarters, at least 1.
   */
  public static int perConnection(int most) {
    return Math.max(1, most - most / 4);
  }

  private static void requireAtLeast(String name, long value, long min) {
    if (value < min) {
      throw new IllegalArgumentException(name + " must be at least " + min + ", got: " + value);
    }
  }

  /** Returns the defaults: half of the heap, all processors. */
  public static Limits defaults() {
    long memory = Math.max(Runtime.getRuntime().maxMemory() / 2, MIN_MEMORY_BYTES);
    return new Limits(
        DEFAULT_MAX_DIMS,
        DEFAULT_MAX_NLIST,
        memory,
        DEFAULT_MAX_JOBS,
        DEFAULT_MAX_STREAMS,
        memory,
        Runtime.getRuntime().availableProcessors(),
        DEFAULT_MAX_CONNECTIONS);
  }
}
