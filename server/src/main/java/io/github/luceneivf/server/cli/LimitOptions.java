// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.cli;

import io.github.luceneivf.server.config.Limits;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that say what clients may ask for. */
final class LimitOptions {

  @Option(names = "--max-dims", paramLabel = "N", description = "Largest dimension (4096).")
  @Nullable Integer maxDims;

  @Option(names = "--max-nlist", paramLabel = "N", description = "Most lists (65536).")
  @Nullable Integer maxNlist;

  @Option(
      names = "--max-sample-bytes",
      paramLabel = "SIZE",
      description = "Largest training sample, for example 512m (as --memory).")
  @Nullable ByteSize maxSampleBytes;

  @Option(names = "--max-jobs", paramLabel = "N", description = "Most jobs not ended (16).")
  @Nullable Integer maxJobs;

  @Option(
      names = "--max-streams",
      paramLabel = "N",
      description = "Most encode streams at a time (16).")
  @Nullable Integer maxStreams;

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      description = "Memory for all jobs and streams, for example 2g (half of the heap).")
  @Nullable ByteSize memory;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Most threads of one training (all processors).")
  @Nullable Integer threads;

  @Option(
      names = "--max-connections",
      paramLabel = "N",
      description = "Most connections at a time (512).")
  @Nullable Integer maxConnections;

  Limits limits() {
    Limits defaults = Limits.defaults();
    long memoryBytes = memory == null ? defaults.memoryBytes() : memory.bytes();
    return new Limits(
        maxDims == null ? defaults.maxDims() : maxDims,
        maxNlist == null ? defaults.maxNlist() : maxNlist,
        maxSampleBytes == null ? memoryBytes : maxSampleBytes.bytes(),
        maxJobs == null ? defaults.maxJobs() : maxJobs,
        maxStreams == null ? defaults.maxStreams() : maxStreams,
        memoryBytes,
        threads == null ? defaults.threads() : threads,
        maxConnections == null ? defaults.maxConnections() : maxConnections);
  }
}
