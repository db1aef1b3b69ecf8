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
import io.github.luceneivf.server.codebook.Transfers;
import io.github.luceneivf.server.config.DataDirectory;
import io.github.luceneivf.server.config.Limits;
import io.github.luceneivf.server.config.MemoryBudget;
import io.github.luceneivf.server.config.ServerClock;
import io.github.luceneivf.server.config.ServerConfig;
import io.github.luceneivf.server.merge.EncodeResources;
import io.github.luceneivf.server.merge.HandoffDirectory;
import io.github.luceneivf.server.merge.MergeEndpoint;
import io.github.luceneivf.server.rpc.DrainGate;
import io.github.luceneivf.server.rpc.UnaryDeadline;
import io.github.luceneivf.server.storage.RecordFile;
import io.github.luceneivf.server.training.JobRegistry;
import io.github.luceneivf.server.training.JobStore;
import io.github.luceneivf.server.training.TrainingEndpoint;
import io.grpc.Server;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
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

  /** Largest message: a chunk and its framing. */
  private static final int MAX_MESSAGE_BYTES = 4 << 20;

  /** Longest call of one request and one response, where the client sets no deadline. */
  private static final Duration UNARY_LIMIT = Duration.ofMinutes(1);

  private static final int MAX_METADATA_BYTES = 8 << 10;
  private static final int MAX_CALLS_PER_CONNECTION = 100;
  private static final int MAX_RESETS = 200;
  private static final int MIN_WINDOW_BYTES = 1 << 20;
  private static final int MAX_WINDOW_BYTES = 16 << 20;
  private static final int WINDOWS_IN_BUDGET = 32;
  private static final String JOBS = "jobs";
  private static final String CODEBOOKS = "codebooks";
  private static final List<String> SERVICES =
      List.of(
          "",
          TrainingServiceGrpc.SERVICE_NAME,
          MergeServiceGrpc.SERVICE_NAME,
          CodebookServiceGrpc.SERVICE_NAME);
  private static final int MAX_ENCODE_THREADS = 4;
  private static final int SWEEP_SECONDS = 1;
  private static final int QUIET_CHECKS = 3;
  private static final long CHECK_MILLIS = 100;

  private final ServerConfig config;
  private final DataDirectory data;
  private final ServerThreads threads;
  private final DrainGate gate = new DrainGate();
  private final HealthStatusManager health = new HealthStatusManager();
  private final JobRegistry jobs;
  private final EncodeResources streams;
  private final Transfers transfers;
  private final CodebookEndpoint codebookService;
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
    CodebookCache codebooks = new CodebookCache(limits.memoryBytes() / 4, published);
    this.jobs =
        new JobRegistry(
            config,
            new JobRegistry.Resources(
                memory, codebooks, results, threads.training(), threads.disk()),
            new LocalCodebookTrainer(),
            ServerClock.SYSTEM);
    this.streams =
        new EncodeResources(
            limits,
            config.times().idle(),
            new EncodeResources.Shared(
                memory, codebooks, threads.merge(), threads.timer(), handoff),
            new LocalVectorEncoder(encodeThreads(limits)));
    this.transfers =
        new Transfers(
            limits,
            config.times().idle(),
            new Transfers.Shared(memory, threads.disk(), threads.timer()));
    this.codebookService = new CodebookEndpoint(published, transfers, gate, InstantSource.system());
    this.server = build();
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

  private Server build() {
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(new InetSocketAddress(config.host(), config.port()))
            .executor(threads.calls())
            .intercept(new UnaryDeadline(UNARY_LIMIT, threads.timer()))
            .maxInboundMessageSize(MAX_MESSAGE_BYTES)
            .maxInboundMetadataSize(MAX_METADATA_BYTES)
            .maxConcurrentCallsPerConnection(MAX_CALLS_PER_CONNECTION)
            .maxRstFramesPerWindow(MAX_RESETS, 30)
            .flowControlWindow(windowBytes())
            .permitKeepAliveTime(30, TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true)
            .keepAliveTime(1, TimeUnit.MINUTES)
            .keepAliveTimeout(20, TimeUnit.SECONDS)
            .maxConnectionIdle(5, TimeUnit.MINUTES)
            .maxConnectionAge(30, TimeUnit.MINUTES)
            .maxConnectionAgeGrace(1, TimeUnit.HOURS)
            .handshakeTimeout(10, TimeUnit.SECONDS)
            .addService(
                new TrainingEndpoint(jobs, config.limits(), transfers, gate, threads.timer()))
            .addService(new MergeEndpoint(streams, gate))
            .addService(codebookService)
            .addService(health.getHealthService());
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
