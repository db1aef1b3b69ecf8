// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

/**
 * How a server runs.
 *
 * @param host address to bind
 * @param port port to bind; 0 for any free one
 * @param data directory that belongs to this server alone
 * @param reflection whether clients may ask for the services' descriptors
 * @param limits what clients may ask for
 * @param times how long things may take
 * @param storage what may be kept on disk
 */
public record ServerConfig(
    String host,
    int port,
    Path data,
    boolean reflection,
    Limits limits,
    Times times,
    Storage storage) {

  /** Port that a server binds unless told otherwise. */
  // Not in 9200 to 9600, where a search engine that this may run beside has ports of its own.
  public static final int DEFAULT_PORT = 7070;

  /** Validates the components. */
  public ServerConfig {
    Objects.requireNonNull(host, "host");
    Objects.requireNonNull(data, "data");
    Objects.requireNonNull(limits, "limits");
    Objects.requireNonNull(times, "times");
    Objects.requireNonNull(storage, "storage");
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("port must be in [0, 65535], got: " + port);
    }
  }

  /** Creates a configuration with the default storage. */
  public ServerConfig(
      String host, int port, Path data, boolean reflection, Limits limits, Times times) {
    this(host, port, data, reflection, limits, times, Storage.DEFAULT);
  }

  /** Returns a server on any free port of the loopback interface, with defaults. */
  public static ServerConfig local(Path data) {
    return new ServerConfig("127.0.0.1", 0, data, false, Limits.defaults(), Times.DEFAULT);
  }

  /**
   * How long things may take.
   *
   * @param idle longest silence of a client in the middle of an upload or an encode stream
   * @param results how long the result of a job is kept
   * @param drain longest wait for running calls when the server is told to stop
   * @param lease how long a job goes on that nobody watches or asks for
   * @param firstByte longest wait for the first bytes of an upload, and for what an encode stream
   *     begins with: until then memory is held for nothing
   */
  public record Times(
      Duration idle, Duration results, Duration drain, Duration lease, Duration firstByte) {

    /**
     * A minute of silence, an hour for results, 15 seconds for draining, a minute's lease, 10
     * seconds for the first bytes: enough for a client that has them at hand, on a machine with
     * much other work.
     */
    public static final Times DEFAULT =
        new Times(
            Duration.ofMinutes(1),
            Duration.ofHours(1),
            Duration.ofSeconds(15),
            Duration.ofMinutes(1),
            Duration.ofSeconds(10));

    /** Validates the components. */
    public Times {
      requirePositive("idle", idle);
      requirePositive("results", results);
      requirePositive("drain", drain);
      requirePositive("lease", lease);
      requirePositive("first-byte", firstByte);
    }

    private static void requirePositive(String name, Duration value) {
      if (value.isNegative() || value.isZero()) {
        throw new IllegalArgumentException(name + " must be positive, got: " + value);
      }
    }
  }
}
