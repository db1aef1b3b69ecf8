// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server;

import io.github.luceneivf.codebook.CodebookTrainer;
import io.github.luceneivf.codebook.LocalCodebookTrainer;
import io.github.luceneivf.codebook.LocalVectorEncoder;
import io.github.luceneivf.server.codebook.CodebookCache;
import io.github.luceneivf.server.codebook.CodebookEndpoint;
import io.github.luceneivf.server.codebook.CodebookStore;
import io.github.luceneivf.server.config.Limits;
import io.github.luceneivf.server.config.MemoryBudget;
import io.github.luceneivf.server.config.ServerConfig;
import io.github.luceneivf.server.config.Storage;
import io.github.luceneivf.server.merge.EncodeWork;
import io.github.luceneivf.server.merge.HandoffDirectory;
import io.github.luceneivf.server.merge.MergeEndpoint;
import io.github.luceneivf.server.rpc.CallRoom;
import io.github.luceneivf.server.rpc.DrainGate;
import io.github.luceneivf.server.rpc.FailedCalls;
import io.github.luceneivf.server.rpc.ParsedRequests;
import io.github.luceneivf.server.rpc.Peer;
import io.github.luceneivf.server.storage.RecordFile;
import io.github.luceneivf.server.storage.RecordWriter;
import io.github.luceneivf.server.training.JobRegistry;
import io.github.luceneivf.server.training.JobStore;
import io.github.luceneivf.server.training.TrainingEndpoint;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** Both services in this process. */
public final class TestServer implements AutoCloseable {

  /** Most memory of the jobs and streams of a test, in bytes. */
  public static final long MEMORY = 64 << 20;

  /** Limits of a test. */
  public static final Limits LIMITS = new Limits(64, 100, 1 << 20, 2, 2, MEMORY, 2, 4);

  /** Storage of a test: 3 versions of 2 fields. */
  public static final Storage STORAGE = new Storage(2, 3, 1 << 20, Optional.empty());

  public final MemoryBudget memory = new MemoryBudget(MEMORY);
  public final CodebookCache codebooks;
  public final TestClock clock = new TestClock();
  public final DrainGate gate = new DrainGate();
  public final JobRegistry jobs;
  public final CallRoom streams;
  public final CallRoom transfers;
  public final CallRoom uploads;
  private final List<ServerServiceDefinition> services = new ArrayList<>();
  private final Path data;
  private final boolean temporary;
  private final ServerThreads threads = ServerThreads.start(LIMITS);
  private final Server server;
  private final ManagedChannel channel;

  public TestServer(CodebookTrainer trainer, Duration idle) throws IOException {
    this(trainer, idle, Files.createTempDirectory("ivf-server"), true, Keeping.DEFAULT);
  }

  /** A server on a directory that outlives it. */
  public static TestServer on(Path data) throws IOException {
    return on(data, new LocalCodebookTrainer());
  }

  /** A server on a directory that outlives it. */
  public static TestServer on(Path data, CodebookTrainer trainer) throws IOException {
    return on(data, trainer, Keeping.DEFAULT);
  }

  /** A server on a directory that outlives it. */
  public static TestServer on(Path data, CodebookTrainer trainer, Keeping keeping)
      throws IOException {
    return new TestServer(trainer, Duration.ofMinutes(1), data, false, keeping);
  }

  /** What may be kept, and how it is written. */
  public record Keeping(Limits limits, Storage storage, RecordWriter writer) {
    public static final Keeping DEFAULT = new Keeping(LIMITS, STORAGE, RecordFile::write);

    public Keeping withLimits(Limits other) {
      return new Keeping(other, storage, writer);
    }

    public Keeping withBytes(long bytes) {
      return new Keeping(
          limits,
          new Storage(storage.fields(), storage.versions(), bytes, storage.handoff()),
          writer);
    }

    public Keeping withWriter(RecordWriter other) {
      return new Keeping(limits, storage, other);
    }
  }

  private static ServerConfig.Times times(Duration idle) {
    Duration firstByte = ServerConfig.Times.DEFAULT.firstByte();
    return new ServerConfig.Times(
        idle,
        Duration.ofHours(1),
        Duration.ofSeconds(1),
        Duration.ofMinutes(1),
        idle.compareTo(firstByte) < 0 ? idle : firstByte);
  }

  private TestServer(
      CodebookTrainer trainer, Duration idle, Path data, boolean temporary, Keeping keeping)
      throws IOException {
    this.data = data;
    this.temporary = temporary;
    ServerConfig config =
        new ServerConfig("unused", 0, data, false, keeping.limits, times(idle), keeping.storage);
    CodebookStore published =
        CodebookStore.open(
            data.resolve("codebooks"), keeping.storage, keeping.limits, keeping.writer);
    codebooks = new CodebookCache(1 << 20, published, memory);
    CallRoom.Threads disk = new CallRoom.Threads(threads.disk(), threads.timer());
    transfers = new CallRoom("transfers of codebooks", 2, memory, config.times(), disk);
    uploads = new CallRoom("uploads of samples", 2, memory, config.times(), disk);
    jobs =
        new JobRegistry(
            config,
            new JobRegistry.Resources(
                memory,
                codebooks,
                JobStore.open(data.resolve("jobs"), keeping.writer),
                threads.training(),
                threads.disk()),
            trainer,
            clock);
    Path shared = data.resolve("handoff");
    Optional<HandoffDirectory> handoff =
        Files.isDirectory(shared) ? Optional.of(HandoffDirectory.open(shared)) : Optional.empty();
    streams =
        new CallRoom(
            "encode streams",
            LIMITS.maxStreams(),
            memory,
            config.times(),
            new CallRoom.Threads(threads.merge(), threads.timer()));
    EncodeWork work = new EncodeWork(LIMITS, codebooks, new LocalVectorEncoder(), handoff);
    String name = InProcessServerBuilder.generateName();
    List.of(
            new TrainingEndpoint(jobs, keeping.limits, uploads, transfers, gate),
            new MergeEndpoint(work, streams, gate),
            new CodebookEndpoint(published, LIMITS, transfers, gate, InstantSource.system()))
        .forEach(service -> services.add(service.bindService()));
    InProcessServerBuilder builder =
        InProcessServerBuilder.forName(name)
            .addTransportFilter(new Peer.Connections())
            .intercept(new Peer.Calls())
            .intercept(new FailedCalls());
    services.forEach(service -> builder.addService(ParsedRequests.of(service)));
    server = builder.build().start();
    channel = InProcessChannelBuilder.forName(name).build();
  }

  /** Services as they were generated, with the messages they speak. */
  public List<ServerServiceDefinition> services() {
    return services;
  }

  public ManagedChannel channel() {
    return channel;
  }

  /** Waits until all memory is free: the client of a download sees its end a moment before. */
  public void awaitFreeMemory() {
    await("memory must be free", () -> memory.usedBytes() == 0);
  }

  /** Waits likewise until at most so many transfers of codebooks have places. */
  public void awaitTransfers(int most) {
    await("transfers must be at most " + most, () -> transfers.open() <= most);
  }

  private static void await(String what, BooleanSupplier state) {
    long start = System.nanoTime();
    while (!state.getAsBoolean()) {
      if (System.nanoTime() - start > TimeUnit.SECONDS.toNanos(30)) {
        throw new AssertionError(what);
      }
      Thread.onSpinWait();
    }
  }

  @Override
  public void close() {
    channel.shutdownNow();
    server.shutdownNow();
    threads.stop();
    if (temporary) {
      try (Stream<Path> files = Files.walk(data)) {
        files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
