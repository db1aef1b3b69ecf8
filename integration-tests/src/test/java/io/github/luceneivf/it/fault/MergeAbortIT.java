// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.codec.telemetry.IndexEvent;
import io.github.luceneivf.proto.v1.Job;
import io.github.luceneivf.proto.v1.JobState;
import io.github.luceneivf.proto.v1.ListJobsRequest;
import io.github.luceneivf.proto.v1.TrainingServiceGrpc;
import io.github.luceneivf.server.SidecarServer;
import io.github.luceneivf.server.config.ServerConfig;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Index writers that are closed while a merge waits for a sidecar that does not answer. */
class MergeAbortIT extends MergeFaultTestCase {

  /** Longest that giving up may take. */
  private static final Duration AT_ONCE = Duration.ofSeconds(2);

  /** Longest from the arrival of a cancellation until the job has ended. */
  private static final Duration CANCELLED = Duration.ofSeconds(1);

  /** Starts a merge and returns when it waits in a black hole. */
  private static void mergeIntoBlackHole(
      IndexWriter writer, Sidecar sidecar, FaultProxy proxy, Moment moment) throws Exception {
    CountDownLatch swallowed = new CountDownLatch(1);
    Runnable hole =
        () -> {
          proxy.set(new Fault.BlackHole());
          swallowed.countDown();
        };
    arm(sidecar, proxy, moment, hole);
    writer.forceMerge(1, false);
    assertTrue(swallowed.await(60, TimeUnit.SECONDS), "the merge asked the sidecar");
  }

  private static Duration timed(Closing work) throws IOException {
    long start = System.nanoTime();
    work.run();
    return Duration.ofNanos(System.nanoTime() - start);
  }

  private interface Closing {
    void run() throws IOException;
  }

  private static void assertUnmerged(Directory directory) throws IOException {
    try (DirectoryReader reader = DirectoryReader.open(directory)) {
      assertEquals(MergeLab.N, reader.numDocs());
      assertTrue(reader.leaves().size() > 1, "the merge was given up");
    }
  }

  @ParameterizedTest
  @EnumSource(Moment.class)
  void rollbackDoesNotWait(Moment moment) throws Exception {
    try (SidecarServer server = SidecarServer.start(ServerConfig.local(data));
        FaultProxy proxy = FaultProxy.start(server.port());
        Sidecar sidecar = Sidecar.patient(proxy.port());
        Directory copy = new ByteBuffersDirectory()) {
      try (IndexWriter writer = lab.writer(copy, sidecar.ports(), true)) {
        mergeIntoBlackHole(writer, sidecar, proxy, moment);
        Duration time = timed(writer::rollback);
        assertTrue(time.compareTo(AT_ONCE) < 0, () -> "rollback took " + time);
      }
      assertUnmerged(copy);
      assertEquals(1, sidecar.training().rethrown() + sidecar.encoding().rethrown());
      assertEquals(0, sidecar.training().fallbacks() + sidecar.encoding().fallbacks());
    }
  }

  @ParameterizedTest
  @EnumSource(Moment.class)
  void closeWithoutCommitDoesNotWait(Moment moment) throws Exception {
    try (SidecarServer server = SidecarServer.start(ServerConfig.local(data));
        FaultProxy proxy = FaultProxy.start(server.port());
        Sidecar sidecar = Sidecar.patient(proxy.port());
        Directory copy = new ByteBuffersDirectory()) {
      IndexWriter writer = lab.writer(copy, sidecar.ports(), false);
      mergeIntoBlackHole(writer, sidecar, proxy, moment);
      Duration time = timed(writer::close);
      assertTrue(time.compareTo(AT_ONCE) < 0, () -> "close took " + time);
      assertUnmerged(copy);
    }
  }

  @Test
  void plainCloseWaitsForTheMerge() throws Exception {
    List<IndexEvent> events = new CopyOnWriteArrayList<>();
    try (SidecarServer server = SidecarServer.start(ServerConfig.local(data));
        FaultProxy proxy = FaultProxy.start(server.port());
        Sidecar sidecar = Sidecar.hasty(proxy.port());
        Directory copy = new ByteBuffersDirectory()) {
      IndexWriter writer = lab.writer(copy, sidecar.ports().withListener(events::add), true);
      mergeIntoBlackHole(writer, sidecar, proxy, Moment.TRAINING);
      Duration time = timed(writer::close);
      assertEquals(1, events.size(), "the merge ended before the writer");
      lab.assertUnharmed(lab.outcome(copy, time));
    }
  }

  @Test
  void jobInTheSidecarIsCancelled() throws Exception {
    try (SidecarServer server = SidecarServer.start(ServerConfig.local(data));
        FaultProxy proxy = FaultProxy.start(server.port());
        Sidecar sidecar = Sidecar.patient(proxy.port());
        Directory copy = new ByteBuffersDirectory()) {
      ManagedChannel channel =
          ManagedChannelBuilder.forAddress("127.0.0.1", server.port()).usePlaintext().build();
      try {
        IndexWriter writer = lab.writer(copy, sidecar.ports(), true);
        mergeIntoBlackHole(writer, sidecar, proxy, Moment.UPLOAD);
        assertEquals(JobState.JOB_STATE_QUEUED, onlyJob(channel).getProgress().getState());
        writer.rollback();
        proxy.set(Fault.NONE); // the cancellation arrives
        long arrived = System.nanoTime();
        JobState state = onlyJob(channel).getProgress().getState();
        while (state != JobState.JOB_STATE_CANCELLED
            && System.nanoTime() - arrived < CANCELLED.toNanos()) {
          state = onlyJob(channel).getProgress().getState();
        }
        assertEquals(JobState.JOB_STATE_CANCELLED, state);
      } finally {
        channel.shutdownNow();
        assertTrue(channel.awaitTermination(10, TimeUnit.SECONDS));
      }
    }
  }

  private static Job onlyJob(ManagedChannel channel) {
    List<Job> jobs =
        TrainingServiceGrpc.newBlockingStub(channel)
            .withDeadlineAfter(10, TimeUnit.SECONDS)
            .listJobs(ListJobsRequest.getDefaultInstance())
            .getJobsList();
    assertEquals(1, jobs.size());
    return jobs.getFirst();
  }
}
