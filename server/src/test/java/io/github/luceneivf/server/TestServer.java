package io.github.luceneivf.server;

import io.github.luceneivf.codebook.CodebookTrainer;
import io.github.luceneivf.codebook.LocalVectorEncoder;
import io.github.luceneivf.server.codebook.CodebookCache;
import io.github.luceneivf.server.config.Limits;
import io.github.luceneivf.server.config.MemoryBudget;
import io.github.luceneivf.server.config.ServerConfig;
import io.github.luceneivf.server.merge.EncodeResources;
import io.github.luceneivf.server.merge.MergeEndpoint;
import io.github.luceneivf.server.rpc.DrainGate;
import io.github.luceneivf.server.training.JobRegistry;
import io.github.luceneivf.server.training.TrainingEndpoint;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;

/** Both services in this process. */
public final class TestServer implements AutoCloseable {

  /** Most memory of the jobs and streams of a test, in bytes. */
  public static final long MEMORY = 64 << 20;

  /** Limits of a test. */
  public static final Limits LIMITS = new Limits(64, 100, 1 << 20, 2, 2, MEMORY, 2);

  public final MemoryBudget memory = new MemoryBudget(MEMORY);
  public final CodebookCache codebooks = new CodebookCache(1 << 20);
  public final DrainGate gate = new DrainGate();
  public final JobRegistry jobs;
  public final EncodeResources streams;
  private final ServerThreads threads = ServerThreads.start(LIMITS);
  private final Server server;
  private final ManagedChannel channel;

  public TestServer(CodebookTrainer trainer, Duration idle) throws IOException {
    ServerConfig config =
        new ServerConfig(
            "unused",
            0,
            Path.of("unused"),
            false,
            LIMITS,
            new ServerConfig.Times(idle, Duration.ofHours(1), Duration.ofSeconds(1)));
    jobs =
        new JobRegistry(
            config,
            new JobRegistry.Resources(memory, codebooks, threads.training()),
            trainer,
            InstantSource.system());
    streams =
        new EncodeResources(
            LIMITS,
            idle,
            new EncodeResources.Shared(memory, codebooks, threads.merge(), threads.timer()),
            new LocalVectorEncoder());
    String name = InProcessServerBuilder.generateName();
    server =
        InProcessServerBuilder.forName(name)
            .addService(new TrainingEndpoint(jobs, LIMITS, gate, threads.timer()))
            .addService(new MergeEndpoint(streams, gate))
            .build()
            .start();
    channel = InProcessChannelBuilder.forName(name).build();
  }

  public ManagedChannel channel() {
    return channel;
  }

  public Server server() {
    return server;
  }

  @Override
  public void close() {
    channel.shutdownNow();
    server.shutdownNow();
    threads.stop();
  }
}
