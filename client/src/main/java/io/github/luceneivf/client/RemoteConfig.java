// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.client;

import io.github.luceneivf.wire.ChunkCheck;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * Where the sidecar is, and how long it is waited for. All waits are for signs of progress, so they
 * do not depend on how much work there is.
 *
 * @param host host of the sidecar
 * @param port port of the sidecar, in [1, 65535]
 * @param connectDeadline longest wait for a connection, and for the answer to a small request
 * @param silenceDeadline longest wait for any sign of life of a running call
 * @param progressDeadline longest wait for progress
 * @param chunkBytes vectors of one message, in bytes, in [16 KiB, 2 MiB]
 * @param handoff the sidecar's hand-off directory, if it runs on this machine and has one: vectors
 *     are written there and read by the sidecar, not sent
 */
public record RemoteConfig(
    String host,
    int port,
    Duration connectDeadline,
    Duration silenceDeadline,
    Duration progressDeadline,
    int chunkBytes,
    Optional<Path> handoff) {

  private static final int MIN_CHUNK_BYTES = 16 << 10;

  /**
   * Less than half a region of G1 in a heap of 2 GB: larger messages would be humongous objects,
   * and a merge with the sidecar would start a collection because of them.
   */
  private static final int DEFAULT_CHUNK_BYTES = 448 << 10;

  /** Validates the components. */
  public RemoteConfig {
    Objects.requireNonNull(host, "host");
    Objects.requireNonNull(handoff, "handoff");
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("port must be in [1, 65535], got: " + port);
    }
    requirePositive("connectDeadline", connectDeadline);
    requirePositive("silenceDeadline", silenceDeadline);
    requirePositive("progressDeadline", progressDeadline);
    if (chunkBytes < MIN_CHUNK_BYTES || chunkBytes > ChunkCheck.MAX_BYTES) {
      throw new IllegalArgumentException(
          "chunkBytes must be in ["
              + MIN_CHUNK_BYTES
              + ", "
              + ChunkCheck.MAX_BYTES
              + "], got: "
              + chunkBytes);
    }
  }

  /** Creates a configuration that sends vectors. */
  public RemoteConfig(
      String host,
      int port,
      Duration connectDeadline,
      Duration silenceDeadline,
      Duration progressDeadline,
      int chunkBytes) {
    this(
        host,
        port,
        connectDeadline,
        silenceDeadline,
        progressDeadline,
        chunkBytes,
        Optional.empty());
  }

  private static void requirePositive(String name, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(name + " must be positive, got: " + value);
    }
  }

  /** Returns a configuration with 5 s to connect, 8 s of silence, 30 s without progress. */
  public static RemoteConfig of(String host, int port) {
    return new RemoteConfig(
        host,
        port,
        Duration.ofSeconds(5),
        Duration.ofSeconds(8),
        Duration.ofSeconds(30),
        DEFAULT_CHUNK_BYTES,
        Optional.empty());
  }

  /** Returns a copy that hands vectors over in files. */
  public RemoteConfig withHandoff(Path directory) {
    return new RemoteConfig(
        host,
        port,
        connectDeadline,
        silenceDeadline,
        progressDeadline,
        chunkBytes,
        Optional.of(directory));
  }

  /** Returns a copy with other waits. */
  public RemoteConfig withDeadlines(Duration connect, Duration silence, Duration progress) {
    return new RemoteConfig(host, port, connect, silence, progress, chunkBytes, handoff);
  }

  /** Returns {@code host:port}. */
  public String target() {
    return host + ":" + port;
  }
}
