// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.client;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.luceneivf.client.SidecarException.Reason;
import io.github.luceneivf.wire.WireException;
import java.io.FileNotFoundException;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class CircuitBreakerTest {

  private long now = -5;
  private int renewals;
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

  private Reason reason(CircuitBreaker.Work<String> work) {
    return assertThrows(SidecarException.class, () -> breaker.run(work, () -> renewals++)).reason();
  }

  @Test
  void answersThatCannotBeRightOpenIt() {
    for (int i = 0; i < 3; i++) {
      SidecarException wrong =
          assertThrows(
              SidecarException.class,
              () ->
                  breaker.run(
                      () -> {
                        throw new WireException("dim must be 3, got: 4");
                      },
                      () -> renewals++));
      assertEquals(Reason.INVALID_ANSWER, wrong.reason());
      assertEquals("dim must be 3, got: 4", wrong.getMessage());
    }
    assertEquals(3, renewals);
    assertEquals(Reason.CIRCUIT_OPEN, reason(() -> "not called"));
  }

  @Test
  void refusalsAndTroubleOfTheCallerLeaveItClosed() throws IOException {
    for (int i = 0; i < 5; i++) {
      for (Reason answer : new Reason[] {Reason.REFUSED, Reason.NOT_FOUND}) {
        assertEquals(
            answer,
            reason(() -> {
              throw new SidecarException(answer, "no");
            }));
      }
      assertThrows(
          FileNotFoundException.class,
          () ->
              breaker.run(
                  () -> {
                    throw new FileNotFoundException("of the caller");
                  },
                  () -> renewals++));
    }
    assertEquals(0, renewals);
    assertEquals("done", breaker.run(() -> "done", () -> renewals++));
  }
}
