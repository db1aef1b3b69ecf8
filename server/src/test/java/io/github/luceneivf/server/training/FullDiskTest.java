// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.training;

import static io.github.luceneivf.server.training.JobCalls.await;
import static io.github.luceneivf.server.training.JobCalls.cancel;
import static io.github.luceneivf.server.training.JobCalls.codebook;
import static io.github.luceneivf.server.training.JobCalls.created;
import static io.github.luceneivf.server.training.JobCalls.spec;
import static io.github.luceneivf.server.training.JobCalls.upload;
import static io.github.luceneivf.server.training.JobCalls.watch;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.LocalCodebookTrainer;
import io.github.luceneivf.proto.v1.Encoding;
import io.github.luceneivf.proto.v1.JobProgress;
import io.github.luceneivf.proto.v1.JobState;
import io.github.luceneivf.proto.v1.WatchJobRequest;
import io.github.luceneivf.proto.v1.WatchJobResponse;
import io.github.luceneivf.server.TestCall;
import io.github.luceneivf.server.TestServer;
import io.github.luceneivf.server.storage.RecordFile;
import io.github.luceneivf.server.storage.RecordWriter;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Trainings that end while nothing can be written. */
@Timeout(60) // a watch of a job that never ends goes on for ever
class FullDiskTest {

  private static final String WAITS = "result waits for room: disk is full";

  @TempDir Path data;

  /** A disk that takes nothing while it fails. */
  private static final class Disk implements RecordWriter {
    volatile IOException failure = new IOException("No space left on device");
    volatile boolean fails = true;

    @Override
    public void write(Path file, byte[] head, byte[] body) throws IOException {
      if (fails) {
        throw failure;
      }
      RecordFile.write(file, head, body);
    }
  }

  private TestServer server(Disk disk) throws IOException {
    return TestServer.on(
        data, new LocalCodebookTrainer(), TestServer.Keeping.DEFAULT.withWriter(disk));
  }

  /** Watches until the progress says so. */
  private static JobProgress watchUntil(TestServer server, String job, String error)
      throws Exception {
    TestCall<WatchJobRequest, WatchJobResponse> watch = watch(server, job);
    JobProgress progress = watch.next().getProgress();
    while (!progress.getError().contains(error)) {
      progress = watch.next().getProgress();
    }
    watch.cancel();
    return progress;
  }

  private static void pass(TestServer server, Duration time) {
    server.clock.pass(time);
    server.jobs.sweep();
  }

  @Test
  void finishedTrainingWaitsForRoomAndIsDelivered() throws Exception {
    Disk disk = new Disk();
    try (TestServer server = server(disk)) {
      String job = created(server, spec()).getId();
      long training = server.memory.usedBytes();
      upload(server, job);
      JobProgress progress = watchUntil(server, job, WAITS);
      assertEquals(JobState.JOB_STATE_RUNNING, progress.getState());
      assertTrue(server.memory.usedBytes() < training, "result: " + server.memory.usedBytes());
      assertTrue(server.memory.usedBytes() > 0);
      // Longer than any lease: there is no work left that somebody would have to want.
      pass(server, Duration.ofMinutes(30));
      assertEquals(WAITS, server.jobs.get(job).status().error());
      disk.fails = false;
      while (!server.jobs.get(job).status().state().isFinal()) { // an earlier try may still run
        pass(server, ResultDelivery.PAUSE);
      }
      progress = await(server, job);
      assertEquals(JobState.JOB_STATE_SUCCEEDED, progress.getState());
      assertEquals("", progress.getError());
      assertEquals(3, Codebook.fromBytes(codebook(server, job)).nlist());
      server.awaitFreeMemory();
      assertEquals(0, server.jobs.unfinished());
    }
    try (TestServer server = TestServer.on(data)) {
      assertEquals(1, server.jobs.list().size());
    }
  }

  @Test
  void waitingResultIsWeighedAsItIsHeld() throws Exception {
    Disk disk = new Disk();
    try (TestServer server = server(disk)) {
      String job = created(server, spec().setEncoding(Encoding.ENCODING_PQ8)).getId();
      upload(server, job);
      watchUntil(server, job, WAITS);
      // 256 sub-centroids of 4 dimensions rounded up to 32, as they are and transposed.
      long subCodebooks = 2L * 256 * 32 * Float.BYTES;
      assertTrue(server.memory.usedBytes() > subCodebooks, "got: " + server.memory.usedBytes());
      cancel(server, job);
    }
  }

  @Test
  void waitEndsWithACancellationOrWhenResultsWouldExpire() throws Exception {
    Disk disk = new Disk();
    disk.failure = new FileSystemException("x.part", null, "Too many open files");
    try (TestServer server = server(disk)) {
      String first = created(server, spec()).getId();
      upload(server, first);
      String second = created(server, spec()).getId();
      upload(server, second);
      watchUntil(server, first, "result waits for room: too many files are open");
      watchUntil(server, second, "result waits for room: too many files are open");
      assertEquals(JobState.JOB_STATE_CANCELLED, cancel(server, first).getState());
      pass(server, Duration.ofHours(1).plusSeconds(1));
      JobProgress progress = await(server, second);
      assertEquals(JobState.JOB_STATE_FAILED, progress.getState());
      assertEquals(
          "result found no room within PT1H: result waits for room: too many files are open",
          progress.getError());
      server.awaitFreeMemory();
      disk.fails = false;
      pass(server, ResultDelivery.PAUSE); // nothing is written any more
      assertEquals(0, server.jobs.unfinished());
    }
    try (TestServer server = TestServer.on(data)) {
      assertEquals(0, server.jobs.list().size());
    }
  }

  @Test
  void otherFaultsEndTheJob() throws Exception {
    Disk disk = new Disk();
    disk.failure = new IOException("Input/output error");
    try (TestServer server = server(disk)) {
      String job = created(server, spec()).getId();
      upload(server, job);
      JobProgress progress = await(server, job);
      assertEquals(JobState.JOB_STATE_FAILED, progress.getState());
      assertTrue(progress.getError().contains("internal error"), progress::getError);
      server.awaitFreeMemory();
    }
  }
}
