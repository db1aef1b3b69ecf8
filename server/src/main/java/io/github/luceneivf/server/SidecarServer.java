// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server;

import io.github.luceneivf.codebook.LocalCodebookTrainer;
import io.github.luceneivf.codebook.LocalVectorEncoder;
import io.github.luceneivf.proto.v1.CodebookServiceGrpc;
import io.github.luceneivf.proto.v1.MergeServiceGrpc;
import io.github.luceneivf.proto.v1.TrainingServiceGrpc;
import io.github.luceneivf.server.codebook.CodebookCache;
import io.github.luceneivf.server.codebook.CodebookEndpoint;
import io.github.luceneivf.server.codebook.CodebookStore;
import io.github.luceneivf.server.config.DataDirectory;
import io.github.luceneivf.server.config.Limits;
import io.github.luceneivf.server.config.MemoryBudget;
import io.github.luceneivf.server.config.ServerClock;
import io.github.luceneivf.server.config.ServerConfig;
import io.github.luceneivf.server.merge.EncodeWork;
import io.github.luceneivf.server.merge.HandoffDirectory;
import io.github.luceneivf.server.merge.MergeEndpoint;
import io.github.luceneivf.server.rpc.CallRoom;
import io.github.luceneivf.server.rpc.DrainGate;
import io.github.luceneivf.server.rpc.FailedCalls;
import io.github.luceneivf.server.rpc.ParsedRequests;
import io.github.luceneivf.server.rpc.Peer;
import io.github.luceneivf.server.rpc.RequestDeadline;
import io.github.luceneivf.server.storage.RecordFile;
import io.github.luceneivf.server.training.JobRegistry;
import io.github.luceneivf.server.training.JobStore;
import io.github.luceneivf.server.training.TrainingEndpoint;
import io.github.luceneivf.server.transport.Connections;
import io.github.luceneivf.server.transport.MessageLimits;
import io.github.luceneivf.wire.ChunkCheck;
import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.shaded.io.grpc.netty.InternalNettyServerCredentials;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running sidecar: training, merge and codebook services, health, reflection if wanted. It owns
 * its threads and the lock on its data directory until it is closed. Thread-safe.
 */
public final class SidecarServer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(SidecarServer.class);

  /** Largest message of an upload: a chunk with its framing, or a report with its curves. */
  private static final int MAX_UPLOAD_MESSAGE_BYTES = 2 * ChunkCheck.MAX_BYTES;

  /** Largest of the other requests, of which there are names, numbers and hashes. */
  private static final int MAX_MESSAGE_BYTES = 64 << 10;

  /** Longest call of one request and one response; the slowest one syncs a file. */
  private static final Duration UNARY_LIMIT = Duration.ofMinutes(1);

  /** Most bytes of a call's headers, which hold a path and what proxies add. */
  private static final int MAX_METADATA_BYTES = 8 << 10;

  /** More than a client has places for, so that those are refused with a reason first. */
  private static final int MAX_CALLS_PER_CONNECTION = 100;

  /**
   * Resets that a connection may cause in {@link #RESET_SECONDS}: far below what a flood needs, and
   * far above what clients cause that are refused for want of room and try again: frames that they
   * send after they gave a call up are answered by a reset each.
   */
  private static final int MAX_RESETS = 20 * MAX_CALLS_PER_CONNECTION;

  private static final int RESET_SECONDS = 30;

  /** A chunk of the client's usual size, and half of one that is on its way. */
  private static final int MIN_WINDOW_BYTES = 1 << 20;

  /** Beyond this a stream on one machine did not become faster. */
  private static final int MAX_WINDOW_BYTES = 16 << 20;

  /** As many windows as there may be streams and uploads by default are in the budget once more. */
  private static final int WINDOWS_IN_BUDGET = 32;

  /** The share of the memory that jobs and codebooks on their way leave to encode streams. */
  private static final int STREAM_SHARE = 4;

  /** The share of the memory that known codebooks may take beside it. */
  private static final int CACHE_SHARE = 4;

  private static final String JOBS = "jobs";
  private static final String CODEBOOKS = "codebooks";
  private static final List<String> SERVICES =
      List.of(
          "",
          TrainingServiceGrpc.SERVICE_NAME,
          MergeServiceGrpc.SERVICE_NAME,
          CodebookServiceGrpc.SERVICE_NAME);

  /** Beyond this the wire is the narrow place of a stream. */
  private static final int MAX_ENCODE_THREADS = 4;

  /** Jobs expire to the second, as their times are given. */
  private static final int SWEEP_SECONDS = 1;

  /** Checks in a row that see no work: a client comes back for its codebook within one or two. */
  private static final int QUIET_CHECKS = 3;

  private static final long CHECK_MILLIS = 100;

  private final ServerConfig config;
  private final DataDirectory data;
  private final ServerThreads threads;
  private final DrainGate gate = new DrainGate();
  private final HealthStatusManager health = new HealthStatusManager();
  private final JobRegistry jobs;
  private final CallRoom streams;
  private final Server server;
  private final AtomicBoolean closed = new AtomicBoolean();

  private SidecarServer(ServerConfig config, DataDirectory data) throws IOException {
    this.config = config;
    this.data = data;
    Limits limits = config.limits();
    CodebookStore published =
        CodebookStore.open(
            data.path().resolve(CODEBOOKS), config.storage(), limits, RecordFile::write);
    Optional<HandoffDirectory> handoff =
        config.storage().handoff().isPresent()
            ? Optional.of(HandoffDirectory.open(config.storage().handoff().get()))
            : Optional.empty();
    JobStore results = JobStore.open(data.path().resolve(JOBS), RecordFile::write);
    this.threads = ServerThreads.start(limits);
    MemoryBudget memory = new MemoryBudget(limits.memoryBytes());
    MemoryBudget others = memory.part(limits.memoryBytes() - limits.memoryBytes() / STREAM_SHARE);
    CodebookCache codebooks =
        new CodebookCache(limits.memoryBytes() / CACHE_SHARE, published, memory);
    this.jobs =
        new JobRegistry(
            config,
            new JobRegistry.Resources(
                others, codebooks, results, threads.training(), threads.disk()),
            new LocalCodebookTrainer(),
            ServerClock.SYSTEM);
    ServerConfig.Times times = config.times();
    CallRoom.Threads disk = new CallRoom.Threads(threads.disk(), threads.timer());
    this.streams =
        new CallRoom(
            "encode streams",
            limits.maxStreams(),
            memory,
            times,
            new CallRoom.Threads(threads.merge(), threads.timer()));
    CallRoom transfers =
        new CallRoom("transfers of codebooks", limits.maxStreams(), others, times, disk);
    CallRoom uploads = new CallRoom("uploads of samples", limits.maxJobs(), others, times, disk);
    EncodeWork work =
        new EncodeWork(limits, codebooks, new LocalVectorEncoder(encodeThreads(limits)), handoff);
    this.server =
        build(
            new TrainingEndpoint(jobs, limits, uploads, transfers, gate),
            new MergeEndpoint(work, streams, gate),
            new CodebookEndpoint(published, limits, transfers, gate, InstantSource.system()));
  }

  /**
   * Starts a server.
   *
   * @throws IOException if another server has the data directory, or the port is taken
   */
  public static SidecarServer start(ServerConfig config) throws IOException {
    DataDirectory data = DataDirectory.open(config.data());
    SidecarServer sidecar = null;
    try {
      sidecar = new SidecarServer(config, data);
      sidecar.server.start();
      sidecar.serve();
      return sidecar;
    } catch (IOException | RuntimeException e) {
      if (sidecar != null) {
        sidecar.threads.stop();
      }
      data.close();
      throw e;
    }
  }

  private Server build(BindableService... services) {
    MessageLimits sizes =
        new MessageLimits(
            Set.of(
                TrainingServiceGrpc.getUploadSampleMethod().getFullMethodName(),
                MergeServiceGrpc.getAssignAndEncodeMethod().getFullMethodName(),
                CodebookServiceGrpc.getPublishCodebookMethod().getFullMethodName()),
            MAX_UPLOAD_MESSAGE_BYTES,
            MAX_MESSAGE_BYTES);
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(
                new InetSocketAddress(config.host(), config.port()),
                InternalNettyServerCredentials.create(
                    new Connections(config.limits().maxConnections(), sizes)))
            .executor(threads.calls())
            .addTransportFilter(new Peer.Connections())
            .intercept(new Peer.Calls())
            .intercept(new RequestDeadline(UNARY_LIMIT, threads.timer()))
            .intercept(new FailedCalls())
            .maxInboundMessageSize(MAX_UPLOAD_MESSAGE_BYTES)
            .maxInboundMetadataSize(MAX_METADATA_BYTES)
            .maxConcurrentCallsPerConnection(MAX_CALLS_PER_CONNECTION)
            .maxRstFramesPerWindow(MAX_RESETS, RESET_SECONDS)
            .flowControlWindow(windowBytes())
            .permitKeepAliveTime(30, TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true)
            .keepAliveTime(1, TimeUnit.MINUTES)
            .keepAliveTimeout(20, TimeUnit.SECONDS)
            .maxConnectionIdle(5, TimeUnit.MINUTES)
            .maxConnectionAge(30, TimeUnit.MINUTES)
            .maxConnectionAgeGrace(1, TimeUnit.HOURS)
            .handshakeTimeout(10, TimeUnit.SECONDS)
            .addService(health.getHealthService());
    for (BindableService service : services) {
      builder.addService(ParsedRequests.of(service.bindService()));
    }
    if (config.reflection()) {
      builder.addService(ProtoReflectionServiceV1.newInstance());
    }
    return builder.build();
  }

  /** Streams share the processors with each other and with trainings. */
  private static int encodeThreads(Limits limits) {
    return Math.clamp(limits.threads() / 2, 1, MAX_ENCODE_THREADS);
  }

  /** Enough for fast local streams, but not so much that many streams exceed a small heap. */
  private int windowBytes() {
    long share = config.limits().memoryBytes() / WINDOWS_IN_BUDGET;
    return (int) Math.clamp(share, MIN_WINDOW_BYTES, MAX_WINDOW_BYTES);
  }

  private void serve() {
    Future<?> _ =
        threads
            .timer()
            .scheduleAtFixedRate(
                new Sweeper(jobs::sweep, this::tellHealth),
                SWEEP_SECONDS,
                SWEEP_SECONDS,
                TimeUnit.SECONDS);
    tellHealth(true);
    LOG.atInfo()
        .addKeyValue("host", config.host())
        .addKeyValue("port", port())
        .addKeyValue("memory_bytes", config.limits().memoryBytes())
        .log("serving");
  }

  private void tellHealth(boolean well) {
    for (String name : SERVICES) {
      health.setStatus(name, well ? ServingStatus.SERVING : ServingStatus.NOT_SERVING);
    }
  }

  /** Returns the port that is bound. */
  public int port() {
    return server.getPort();
  }

  /** Waits until the server has stopped. */
  public void awaitTermination() throws InterruptedException {
    server.awaitTermination();
  }

  /**
   * Stops gracefully: health says NOT_SERVING, new work is refused with UNAVAILABLE, what runs may
   * end within the drain time; then everything is stopped.
   */
  public void drain() throws InterruptedException {
    LOG.atInfo()
        .addKeyValue("jobs", jobs.runnable())
        .addKeyValue("streams", streams.open())
        .log("draining");
    health.enterTerminalState();
    gate.close();
    long deadline = System.nanoTime() + config.times().drain().toNanos();
    int quiet = 0;
    // A client that has just seen its job end comes back for the codebook.
    while (quiet < QUIET_CHECKS && System.nanoTime() < deadline) {
      Thread.sleep(CHECK_MILLIS);
      quiet = jobs.runnable() == 0 && streams.open() == 0 ? quiet + 1 : 0;
    }
    server.shutdown();
    server.awaitTermination(2, TimeUnit.SECONDS);
    close();
  }

  /** Stops at once; does nothing when called again. */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    gate.close();
    jobs.cancelAll();
    server.shutdownNow();
    threads.stop();
    try {
      data.close();
    } catch (IOException e) {
      LOG.atWarn().setCause(e).log("data directory was not released");
    }
    LOG.atInfo().log("stopped");
  }
}
