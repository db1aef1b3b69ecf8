// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.client;

import io.github.luceneivf.codebook.CodebookId;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;
import java.io.Closeable;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A connection to one sidecar, made when it is first needed and again when it breaks. It owns the
 * channel and a few daemon threads until it is closed; calls that run then fail as if the sidecar
 * were gone. Share one among all indexes. Thread-safe.
 */
public final class SidecarConnection implements Closeable {

  /** Largest message taken: a chunk of codes and its framing. */
  private static final int MAX_MESSAGE_BYTES = 4 << 20;

  /** Enough for 1 GB/s on loopback. */
  private static final int WINDOW_BYTES = 16 << 20;

  private static final int CALL_THREADS = 2;
  private static final long CLOSE_SECONDS = 5;
  private static final int MAX_KNOWN = 256;

  private final RemoteConfig config;
  private final ManagedChannel channel;
  private final CircuitBreaker breaker;
  private final Runnable closeThreads;
  private final Map<CodebookId, Boolean> known = new LinkedHashMap<>();

  SidecarConnection(
      RemoteConfig config, ManagedChannel channel, CircuitBreaker breaker, Runnable closeThreads) {
    this.config = config;
    this.channel = channel;
    this.breaker = breaker;
    this.closeThreads = closeThreads;
  }

  /** Creates a connection; nothing is sent yet, and the sidecar need not be there. */
  public static SidecarConnection open(RemoteConfig config) {
    EventLoopGroup loops =
        new MultiThreadIoEventLoopGroup(1, factory("ivf-sidecar-io"), NioIoHandler.newFactory());
    ExecutorService calls = Executors.newFixedThreadPool(CALL_THREADS, factory("ivf-sidecar"));
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(config.host(), config.port())
            .usePlaintext()
            .eventLoopGroup(loops)
            .channelType(NioSocketChannel.class)
            .withOption(
                ChannelOption.CONNECT_TIMEOUT_MILLIS,
                Math.toIntExact(Math.min(config.connectDeadline().toMillis(), 60_000)))
            .executor(calls)
            .offloadExecutor(calls)
            .maxInboundMessageSize(MAX_MESSAGE_BYTES)
            .flowControlWindow(WINDOW_BYTES)
            .keepAliveTime(1, TimeUnit.MINUTES)
            .build();
    Runnable closeThreads =
        () -> {
          loops
              .shutdownGracefully(0, 1, TimeUnit.SECONDS)
              .awaitUninterruptibly(CLOSE_SECONDS * 1000);
          calls.shutdownNow();
        };
    return new SidecarConnection(
        config, channel, new CircuitBreaker(System::nanoTime), closeThreads);
  }

  private static ThreadFactory factory(String name) {
    AtomicInteger count = new AtomicInteger();
    return runnable -> {
      Thread thread = new Thread(runnable, name + "-" + count.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }

  RemoteConfig config() {
    return config;
  }

  ManagedChannel channel() {
    return channel;
  }

  /** Runs work with the sidecar under its circuit breaker. */
  <T> T run(CircuitBreaker.Work<T> work) throws IOException {
    return breaker.run(work, this::renew);
  }

  /**
   * Lets the next call connect anew: at once, without the growing pauses between attempts that gRPC
   * makes, and not over a connection that only looks alive. Calls that run keep theirs.
   */
  private void renew() {
    channel.enterIdle();
  }

  /** Returns whether the sidecar was seen to have a codebook. */
  boolean knows(CodebookId id) {
    synchronized (known) {
      return known.containsKey(id);
    }
  }

  /** Notes that the sidecar has a codebook. */
  void remember(CodebookId id) {
    synchronized (known) {
      known.put(id, true);
      if (known.size() > MAX_KNOWN) {
        known.remove(known.keySet().iterator().next());
      }
    }
  }

  /** Notes that the sidecar does not have a codebook any more. */
  void forget(CodebookId id) {
    synchronized (known) {
      known.remove(id);
    }
  }

  @Override
  public void close() {
    channel.shutdownNow();
    try {
      if (!channel.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        System.getLogger(SidecarConnection.class.getName())
            .log(System.Logger.Level.WARNING, "connection to " + config.target() + " hangs");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      closeThreads.run();
    }
  }
}
