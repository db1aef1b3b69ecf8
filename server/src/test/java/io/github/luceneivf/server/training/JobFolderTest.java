// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.training;

import static io.github.luceneivf.server.training.JobCalls.DIM;
import static io.github.luceneivf.server.training.JobCalls.codebook;
import static io.github.luceneivf.server.training.JobCalls.created;
import static io.github.luceneivf.server.training.JobCalls.finish;
import static io.github.luceneivf.server.training.JobCalls.list;
import static io.github.luceneivf.server.training.JobCalls.spec;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.codebook.LocalCodebookTrainer;
import io.github.luceneivf.proto.v1.GetCodebookRequest;
import io.github.luceneivf.proto.v1.GetTrainingReportRequest;
import io.github.luceneivf.proto.v1.StoredJob;
import io.github.luceneivf.proto.v1.TrainingServiceGrpc;
import io.github.luceneivf.server.TestCall;
import io.github.luceneivf.server.TestServer;
import io.github.luceneivf.server.config.Limits;
import io.github.luceneivf.server.storage.RecordFile;
import io.grpc.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The folder of results, and what may lie in it. */
@Timeout(60)
class JobFolderTest {

  private static final String OTHER = "0123456789abcdef".repeat(2);

  @TempDir Path data;
  @TempDir Path foreign;
  private Path jobs;

  @BeforeEach
  void folder() {
    jobs = data.resolve("jobs");
  }

  private String trained(long seed) throws Exception {
    try (TestServer server = TestServer.on(data)) {
      String id = created(server, spec().setSeed(seed)).getId();
      finish(server, id);
      return id;
    }
  }

  private static Status codebookStatus(TestServer server, String job) throws Exception {
    return TestCall.status(
        server.channel(),
        TrainingServiceGrpc.getGetCodebookMethod(),
        List.of(GetCodebookRequest.newBuilder().setJobId(job).build()));
  }

  private static Status reportStatus(TestServer server, String job) throws Exception {
    return TestCall.status(
        server.channel(),
        TrainingServiceGrpc.getGetTrainingReportMethod(),
        List.of(GetTrainingReportRequest.newBuilder().setJobId(job).build()));
  }

  private static void swap(Path a, Path b) throws IOException {
    byte[] bytes = Files.readAllBytes(a);
    Files.write(a, Files.readAllBytes(b));
    Files.write(b, bytes);
  }

  @Test
  void straysAreLeftAloneAndStopNothing() throws Exception {
    String id = trained(1);
    Path precious = Files.writeString(foreign.resolve(OTHER + ".job.part"), "precious");
    Files.createDirectory(jobs.resolve("x.job"));
    Files.createDirectories(jobs.resolve("z.part").resolve("full"));
    Files.createDirectories(jobs.resolve(OTHER + ".job").resolve("full"));
    Files.createDirectories(jobs.resolve(OTHER + ".job.part").resolve("full"));
    Files.createSymbolicLink(jobs.resolve("y.job"), foreign.resolve("nowhere"));
    Files.createSymbolicLink(jobs.resolve("f".repeat(32) + ".job"), foreign.resolve("nowhere"));
    Files.createSymbolicLink(jobs.resolve("e".repeat(32) + ".job"), precious);
    Files.createSymbolicLink(jobs.resolve("d".repeat(32) + ".job.part"), precious);
    Files.createSymbolicLink(jobs.resolve("c"), foreign);
    Files.writeString(jobs.resolve("notes.part"), "of somebody");
    Files.writeString(jobs.resolve("short.job"), "of somebody");
    Path half = Files.writeString(jobs.resolve("b".repeat(32) + ".job.part"), "half");
    List<Path> before = entries();
    try (TestServer server = TestServer.on(data)) {
      assertEquals(List.of(id), list(server));
      assertTrue(codebookStatus(server, id).isOk());
      finish(server, created(server, spec()).getId());
    }
    assertFalse(Files.exists(half));
    assertTrue(entries().containsAll(before.stream().filter(file -> !file.equals(half)).toList()));
    assertEquals("precious", Files.readString(precious));
  }

  private List<Path> entries() throws IOException {
    try (Stream<Path> files = Files.list(jobs)) {
      return files.toList();
    }
  }

  @Test
  void resultOverALimitIsKeptAndServedAgainLater() throws Exception {
    String id;
    byte[] codebook;
    try (TestServer server = TestServer.on(data)) {
      id = created(server, spec()).getId();
      finish(server, id);
      codebook = codebook(server, id);
    }
    TestServer.Keeping small = TestServer.Keeping.DEFAULT.withLimits(limits(DIM - 1));
    try (TestServer server = TestServer.on(data, new LocalCodebookTrainer(), small)) {
      assertEquals(List.of(), list(server));
      assertEquals(Status.Code.NOT_FOUND, codebookStatus(server, id).getCode());
      server.clock.pass(Duration.ofMinutes(59));
      server.jobs.sweep();
    }
    try (TestServer server = TestServer.on(data)) {
      assertEquals(List.of(id), list(server));
      assertArrayEquals(codebook, codebook(server, id));
    }
    try (TestServer server = TestServer.on(data, new LocalCodebookTrainer(), small)) {
      server.clock.pass(Duration.ofMinutes(61)); // its time is up like that of any other
      server.jobs.sweep();
      assertEquals(List.of(), entries());
    }
  }

  private static Limits limits(int maxDims) {
    Limits all = TestServer.LIMITS;
    return new Limits(
        maxDims,
        all.maxNlist(),
        all.maxSampleBytes(),
        all.maxJobs(),
        all.maxStreams(),
        all.memoryBytes(),
        all.threads(),
        all.maxConnections());
  }

  @Test
  void startWithLessDiskDeletesNothingByItself() throws Exception {
    for (int seed = 0; seed < 17; seed++) {
      try (TestServer server =
          TestServer.on(
              data, new LocalCodebookTrainer(), TestServer.Keeping.DEFAULT.withBytes(1L << 30))) {
        finish(server, created(server, spec().setSeed(seed)).getId());
      }
    }
    TestServer.Keeping sixteen = TestServer.Keeping.DEFAULT.withBytes(1 << 20);
    try (TestServer server = TestServer.on(data, new LocalCodebookTrainer(), sixteen)) {
      server.jobs.sweep();
      assertEquals(17, entries().size());
      finish(server, created(server, spec().setSeed(99)).getId());
      while (entries().size() > 16) { // a job is told of before the sweep is
        server.jobs.sweep();
      }
      assertEquals(16, entries().size());
    }
  }

  @Test
  void fileOfAnotherJobIsDamaged() throws Exception {
    String first = trained(1);
    String second = trained(2);
    try (TestServer server = TestServer.on(data)) {
      assertTrue(codebookStatus(server, first).isOk());
      swap(jobs.resolve(first + ".job"), jobs.resolve(second + ".job"));
      for (String job : List.of(first, second)) {
        Status status = codebookStatus(server, job);
        assertEquals(Status.Code.DATA_LOSS, status.getCode(), status::toString);
        assertEquals(Status.Code.DATA_LOSS, reportStatus(server, job).getCode());
      }
    }
  }

  @Test
  void fileOfAnotherJobIsDroppedAtTheStart() throws Exception {
    String first = trained(1);
    String second = trained(2);
    swap(jobs.resolve(first + ".job"), jobs.resolve(second + ".job"));
    try (TestServer server = TestServer.on(data)) {
      assertEquals(List.of(), list(server));
      assertEquals(List.of(), entries());
    }
  }

  /** The head stays where it was; every checksum is right. */
  @Test
  void bodyOfAnotherJobIsDamaged() throws Exception {
    Path first = jobs.resolve(trained(1) + ".job");
    Path second = jobs.resolve(trained(2) + ".job");
    RecordFile.write(first, RecordFile.readHead(first), RecordFile.read(second).body());
    try (TestServer server = TestServer.on(data)) {
      Status status = codebookStatus(server, job(first));
      assertEquals(Status.Code.DATA_LOSS, status.getCode(), status::toString);
      assertTrue(codebookStatus(server, job(second)).isOk());
    }
  }

  /** Of the same job, but not the one that it was answered with. */
  @Test
  void reportOfAnotherCodebookIsDamaged() throws Exception {
    Path first = jobs.resolve(trained(1) + ".job");
    Path second = jobs.resolve(trained(2) + ".job");
    try (TestServer server = TestServer.on(data)) {
      assertTrue(reportStatus(server, job(first)).isOk());
      StoredJob other = StoredJob.parseFrom(RecordFile.readHead(second));
      StoredJob mixed =
          StoredJob.parseFrom(RecordFile.readHead(first)).toBuilder()
              .setCodebook(other.getCodebook())
              .setReport(other.getReport())
              .build();
      RecordFile.write(first, mixed.toByteArray(), RecordFile.read(second).body());
      assertEquals(Status.Code.DATA_LOSS, reportStatus(server, job(first)).getCode());
      assertEquals(Status.Code.DATA_LOSS, codebookStatus(server, job(first)).getCode());
    }
  }

  private static String job(Path file) {
    return file.getFileName().toString().replace(".job", "");
  }

  @Test
  void whatIsCreatedIsItsOwnersOnly() throws Exception {
    trained(1);
    assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(jobs)));
    for (Path file : entries()) {
      assertEquals(
          "rw-------",
          PosixFilePermissions.toString(
              Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS)));
    }
  }
}
