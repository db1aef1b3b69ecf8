// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RemoteConfigTest {

  private static final Duration SECOND = Duration.ofSeconds(1);

  private static String refusal(Runnable creation) {
    return String.valueOf(assertThrows(IllegalArgumentException.class, creation::run).getMessage());
  }

  @Test
  void wrongValuesAreNamed() {
    RemoteConfig good = RemoteConfig.of("localhost", 7070);
    assertEquals("localhost:7070", good.target());
    assertEquals(
        "port must be in [1, 65535], got: 0", refusal(() -> RemoteConfig.of("localhost", 0)));
    assertEquals(
        "connectDeadline must be positive, got: PT0S",
        refusal(() -> good.withDeadlines(Duration.ZERO, SECOND, SECOND)));
    assertEquals(
        "silenceDeadline must be positive, got: PT-1S",
        refusal(() -> good.withDeadlines(SECOND, SECOND.negated(), SECOND)));
    assertEquals(
        "progressDeadline must be positive, got: PT0S",
        refusal(() -> good.withDeadlines(SECOND, SECOND, Duration.ZERO)));
    assertEquals(
        "chunkBytes must be in [16384, 2097152], got: 7",
        refusal(() -> new RemoteConfig("localhost", 1, SECOND, SECOND, SECOND, 7)));
  }
}
