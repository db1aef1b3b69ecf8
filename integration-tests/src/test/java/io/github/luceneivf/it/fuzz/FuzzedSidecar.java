// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it.fuzz;

import io.github.luceneivf.it.Exchange;
import io.github.luceneivf.server.SidecarServer;
import io.github.luceneivf.server.config.Limits;
import io.github.luceneivf.server.config.ServerConfig;
import io.github.luceneivf.server.config.Storage;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.MethodDescriptor;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A sidecar in this process, on a port, that is called with bytes. One call at a time. */
final class FuzzedSidecar implements AutoCloseable {

  private static final long MEMORY = 64 << 20;
  private static final Limits LIMITS = new Limits(64, 100, 1 << 20, 4, 2, MEMORY, 1, 4);
  private static final Storage STORAGE = new Storage(10_000, 3, 1 << 30, Optional.empty());

  /** A call that lasts longer hangs; a busy machine makes it wait, but not for so long. */
  private static final int DEADLINE_SECONDS = 60;

  private final Path data;
  private final SidecarServer server;
  private final ManagedChannel channel;
  private int calls;

  private FuzzedSidecar(Path data) throws IOException {
    this.data = data;
    this.server =
        SidecarServer.start(
            new ServerConfig(
                "127.0.0.1", 0, data, false, LIMITS, ServerConfig.Times.DEFAULT, STORAGE));
    this.channel =
        ManagedChannelBuilder.forAddress("127.0.0.1", server.port())
            .usePlaintext()
            .directExecutor()
            .build();
  }

  /** Starts a sidecar on an empty directory. */
  static FuzzedSidecar start() {
    try {
      return new FuzzedSidecar(Files.createTempDirectory("ivf-fuzz"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the calls so far. */
  int calls() {
    return calls;
  }

  /** Sends all messages, and waits for the end. */
  Exchange<byte[]> call(MethodDescriptor<?, ?> method, List<byte[]> messages) throws Exception {
    calls++;
    return Exchange.of(
        channel,
        Exchange.ofBytes(method),
        CallOptions.DEFAULT.withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS),
        messages,
        2 * DEADLINE_SECONDS);
  }

  @Override
  public void close() {
    channel.shutdownNow();
    server.close();
    try (Stream<Path> files = Files.walk(data)) {
      files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
