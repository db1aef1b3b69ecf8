// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ThroughputDeadlineTest {

  private static final RemoteConfig CONFIG =
      RemoteConfig.of("localhost", 1)
          .withDeadlines(Duration.ofSeconds(1), Duration.ofSeconds(10), Duration.ofSeconds(30));

  private long now = Long.MAX_VALUE - 5; // wraps around, as nanoTime may
  private final ThroughputDeadline deadline = new ThroughputDeadline(CONFIG, () -> now);

  private void waitFor(Duration time) throws SidecarException {
    deadline.beginWait();
    now += time.toNanos();
    deadline.endWait();
  }

  @Test
  void silenceEndsTheWork() throws SidecarException {
    waitFor(Duration.ofSeconds(6));
    SidecarException silent =
        assertThrows(SidecarException.class, () -> waitFor(Duration.ofSeconds(5)));
    assertEquals(SidecarException.Reason.TIMEOUT, silent.reason());
  }

  @Test
  void timeSpentElsewhereDoesNotCount() throws SidecarException {
    for (int i = 0; i < 100; i++) {
      now += Duration.ofMinutes(1).toNanos();
      waitFor(Duration.ofMillis(50));
    }
  }

  @Test
  void trickleEndsTheWork() throws SidecarException {
    SidecarException slow =
        assertThrows(
            SidecarException.class,
            () -> {
              for (int i = 0; i < 100; i++) {
                waitFor(Duration.ofSeconds(1));
                deadline.advanced(1024);
              }
            });
    assertTrue(String.valueOf(slow.getMessage()).contains("too slow"), slow.getMessage());
  }

  @Test
  void acceptablePaceGoesOnForEver() throws SidecarException {
    for (int i = 0; i < 1000; i++) {
      waitFor(Duration.ofSeconds(1));
      deadline.advanced(ThroughputDeadline.MIN_BYTES_PER_SECOND + 5000);
    }
  }
}
