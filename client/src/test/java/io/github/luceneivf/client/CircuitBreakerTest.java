// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.client;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class CircuitBreakerTest {

  private long now = -5;
  private final CircuitBreaker breaker = new CircuitBreaker(() -> now);

  private void fail(int times) throws SidecarException {
    for (int i = 0; i < times; i++) {
      breaker.enter();
      breaker.failed();
    }
  }

  @Test
  void opensAfterThreeFailuresInARow() throws SidecarException {
    fail(2);
    breaker.enter();
    breaker.succeeded();
    fail(3);
    SidecarException open = assertThrows(SidecarException.class, breaker::enter);
    assertEquals(SidecarException.Reason.CIRCUIT_OPEN, open.reason());
    assertEquals("sidecar failed just before and is not asked for now", open.getMessage());
  }

  @Test
  void letsOneProbeThroughAfterThePause() throws SidecarException {
    fail(3);
    now += CircuitBreaker.PAUSE.toNanos() - 1;
    assertThrows(SidecarException.class, breaker::enter);
    now++;
    breaker.enter();
    assertThrows(SidecarException.class, breaker::enter);
    breaker.failed();
    assertThrows(SidecarException.class, breaker::enter);
    now += CircuitBreaker.PAUSE.toNanos();
    breaker.enter();
    breaker.succeeded();
    assertDoesNotThrow(breaker::enter);
    assertDoesNotThrow(breaker::enter);
  }

  @Test
  void opensAtOnceWhenTheSidecarCostTime() throws SidecarException {
    breaker.enter();
    breaker.timedOut();
    assertThrows(SidecarException.class, breaker::enter);
    now += CircuitBreaker.PAUSE.toNanos();
    breaker.enter();
    breaker.succeeded();
    assertDoesNotThrow(breaker::enter);
  }

  @Test
  void abandonedProbeMakesRoomForAnother() throws SidecarException {
    fail(3);
    now += CircuitBreaker.PAUSE.toNanos();
    breaker.enter();
    breaker.abandoned();
    assertDoesNotThrow(breaker::enter);
  }
}
