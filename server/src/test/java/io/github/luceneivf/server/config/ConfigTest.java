// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigTest {

  private static String refusal(Runnable creation) {
    return String.valueOf(assertThrows(IllegalArgumentException.class, creation::run).getMessage());
  }

  @Test
  void wrongLimitsAreNamed() {
    Duration second = Duration.ofSeconds(1);
    assertEquals(
        "max-dims must be at least 1, got: 0",
        refusal(() -> new Limits(0, 1, 1, 1, 1, 1 << 20, 1, 1)));
    assertEquals(
        "memory must be at least 1048576, got: 5",
        refusal(() -> new Limits(1, 1, 1, 1, 1, 5, 1, 1)));
    assertEquals(
        "port must be in [0, 65535], got: 70000",
        refusal(() ->
            new ServerConfig(
                "h", 70_000, Path.of("x"), false, Limits.defaults(), ServerConfig.Times.DEFAULT)));
    assertEquals(
        "drain must be positive, got: PT0S",
        refusal(() -> new ServerConfig.Times(second, second, Duration.ZERO, second, second)));
  }

  @Test
  void memoryIsGivenBackOnce() {
    MemoryBudget budget = new MemoryBudget(100);
    MemoryBudget.Reservation most = budget.reserve(90).orElseThrow();
    assertTrue(budget.reserve(11).isEmpty());
    assertTrue(budget.reserve(Long.MAX_VALUE).isEmpty());
    most.close();
    most.close();
    assertEquals(0, budget.usedBytes());
    assertTrue(budget.reserve(100).isPresent());
  }

  @Test
  void dataDirectoryHasOneOwner(@TempDir Path temp) throws IOException {
    Path data = temp.resolve("new/data");
    try (DataDirectory owned = DataDirectory.open(data)) {
      IOException refused = assertThrows(IOException.class, () -> DataDirectory.open(data));
      assertEquals(
          "data directory is in use by another server: " + owned.path(), refused.getMessage());
    }
    DataDirectory.open(data).close();
  }
}
