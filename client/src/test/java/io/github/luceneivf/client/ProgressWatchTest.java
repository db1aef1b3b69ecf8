// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.luceneivf.codebook.TrainingMonitor;
import io.github.luceneivf.proto.v1.JobPhase;
import io.github.luceneivf.proto.v1.JobProgress;
import io.github.luceneivf.proto.v1.JobState;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProgressWatchTest {

  private long now;
  private final ProgressWatch watch =
      new ProgressWatch(Duration.ofSeconds(30), TrainingMonitor.NONE, () -> now);

  private JobState after(int seconds, JobPhase phase, double percent) throws IOException {
    now += Duration.ofSeconds(seconds).toNanos();
    return watch.accept(
        JobProgress.newBuilder()
            .setState(JobState.JOB_STATE_RUNNING)
            .setPhase(phase)
            .setPercent(percent)
            .build());
  }

  @Test
  void slowProgressIsProgress() throws IOException {
    for (int percent = 0; percent <= 100; percent++) {
      after(29, JobPhase.JOB_PHASE_ITERATE, percent);
    }
    assertEquals(JobState.JOB_STATE_RUNNING, after(29, JobPhase.JOB_PHASE_BALANCE, 0));
  }

  @Test
  void heartbeatsAreNoProgress() throws IOException {
    after(1, JobPhase.JOB_PHASE_ITERATE, 40);
    SidecarException stalled =
        assertThrows(
            SidecarException.class,
            () -> {
              for (int i = 0; i < 100; i++) {
                after(1, JobPhase.JOB_PHASE_ITERATE, 40);
              }
            });
    assertEquals(SidecarException.Reason.TIMEOUT, stalled.reason());
    assertEquals("sidecar made no progress for PT30S in JOB_PHASE_ITERATE", stalled.getMessage());
  }

  @Test
  void goingBackIsNoProgress() throws IOException {
    after(1, JobPhase.JOB_PHASE_BALANCE, 90);
    after(20, JobPhase.JOB_PHASE_ITERATE, 10);
    assertThrows(SidecarException.class, () -> after(20, JobPhase.JOB_PHASE_ITERATE, 99));
  }
}
