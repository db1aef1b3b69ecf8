// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.cli;

import io.github.luceneivf.server.config.ServerConfig;
import io.github.luceneivf.server.config.Storage;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that say what is kept, and for how long. */
final class StorageOptions {

  @Option(
      names = "--codebook-versions",
      paramLabel = "N",
      description = "Published codebooks kept of each field (8).")
  @Nullable Integer codebookVersions;

  @Option(
      names = "--max-codebook-fields",
      paramLabel = "N",
      description = "Most fields with published codebooks (10000).")
  @Nullable Integer maxFields;

  @Option(
      names = "--max-disk",
      paramLabel = "SIZE",
      description = "Disk for published codebooks, and as much for results of jobs (16g).")
  @Nullable ByteSize maxDisk;

  @Option(
      names = "--keep-results",
      paramLabel = "TIME",
      description = "How long results of jobs are kept, for example 90s, 15m (1h).")
  @Nullable Interval keepResults;

  @Option(
      names = "--lease",
      paramLabel = "TIME",
      description = "How long a job goes on that nobody watches or asks for (60s).")
  @Nullable Interval lease;

  @Option(
      names = "--first-byte",
      paramLabel = "TIME",
      description = "Longest wait for the first bytes of an upload or encode stream (10s).")
  @Nullable Interval firstByte;

  @Option(
      names = "--handoff",
      paramLabel = "DIR",
      description = "Directory where clients on this machine may hand vectors over (none).")
  @Nullable Path handoff;

  Storage storage() {
    Storage defaults = Storage.DEFAULT;
    return new Storage(
        maxFields == null ? defaults.fields() : maxFields,
        codebookVersions == null ? defaults.versions() : codebookVersions,
        maxDisk == null ? defaults.bytes() : maxDisk.bytes(),
        Optional.ofNullable(handoff));
  }

  ServerConfig.Times times() {
    ServerConfig.Times defaults = ServerConfig.Times.DEFAULT;
    return new ServerConfig.Times(
        defaults.idle(),
        keepResults == null ? defaults.results() : keepResults.duration(),
        defaults.drain(),
        lease == null ? defaults.lease() : lease.duration(),
        firstByte == null ? defaults.firstByte() : firstByte.duration());
  }
}
