// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.luceneivf.client.SidecarCounters;
import io.github.luceneivf.client.SidecarException.Reason;
import io.github.luceneivf.it.SidecarProcess;
import io.github.luceneivf.it.fault.FaultProxy.Direction;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Merges whose sidecar, a process of its own, is killed or stopped while it works for them. */
class SidecarSignalsIT extends MergeFaultTestCase {

  private static void assertFellBack(Sidecar sidecar, Moment moment, Reason reason) {
    SidecarCounters hit = moment == Moment.ENCODING ? sidecar.encoding() : sidecar.training();
    assertEquals(1, hit.fallbacks(), sidecar.toString());
    assertEquals(1, hit.fallbacks(reason), sidecar.toString());
  }

  @ParameterizedTest
  @EnumSource(Moment.class)
  void mergeSurvivesTheDeathOfTheSidecar(Moment moment) throws Exception {
    try (SidecarProcess process = SidecarProcess.start(data, "256m");
        FaultProxy proxy = FaultProxy.start(process.port());
        Sidecar sidecar = Sidecar.patient(proxy.port())) {
      arm(sidecar, proxy, moment, process::kill);
      lab.assertUnharmed(lab.merge(sidecar.ports()));
      assertFellBack(sidecar, moment, Reason.UNAVAILABLE);
      process.awaitExit(10);
    }
  }

  @ParameterizedTest
  @EnumSource(Moment.class)
  void mergeDoesNotWaitForAStoppedSidecar(Moment moment) throws Exception {
    try (SidecarProcess process = SidecarProcess.start(data, "256m");
        FaultProxy proxy = FaultProxy.start(process.port());
        Sidecar sidecar = Sidecar.hasty(proxy.port())) {
      arm(sidecar, proxy, moment, process::pause);
      lab.assertUnharmed(lab.merge(sidecar.ports()));
      assertFellBack(sidecar, moment, Reason.TIMEOUT);
      process.kill(); // a stopped process can be killed
      process.awaitExit(10);
    }
  }

  @Test
  void sidecarThatStopsForAMomentIsWaitedFor() throws Exception {
    try (SidecarProcess process = SidecarProcess.start(data, "256m");
        FaultProxy proxy = FaultProxy.start(process.port());
        Sidecar sidecar = Sidecar.patient(proxy.port())) {
      Runnable nap =
          () -> {
            process.pause();
            CompletableFuture<Void> _ =
                CompletableFuture.runAsync(
                    process::resume, CompletableFuture.delayedExecutor(500, TimeUnit.MILLISECONDS));
          };
      proxy.after(Direction.TO_SERVER, MIDDLE, nap);
      sidecar.beforeEncoding(() -> proxy.after(Direction.TO_SERVER, MIDDLE, nap));
      lab.assertUnharmed(lab.merge(sidecar.ports()));
      assertEquals(1, sidecar.training().remote(), sidecar.toString());
      assertEquals(1, sidecar.encoding().remote(), sidecar.toString());
    }
  }

  @Test
  void sidecarThatIsStartedAgainIsUsedAtOnce() throws Exception {
    try (FaultProxy proxy = FaultProxy.start(1);
        Sidecar sidecar = Sidecar.patient(proxy.port())) {
      try (SidecarProcess process = SidecarProcess.start(data.resolve("first"), "256m")) {
        proxy.retarget(process.port());
        sidecar.beforeEncoding(() -> proxy.after(Direction.TO_SERVER, MIDDLE, process::kill));
        lab.assertUnharmed(lab.merge(sidecar.ports()));
        assertFellBack(sidecar, Moment.ENCODING, Reason.UNAVAILABLE);
      }
      sidecar.beforeEncoding(() -> {});
      try (SidecarProcess process = SidecarProcess.start(data.resolve("second"), "256m")) {
        proxy.retarget(process.port());
        lab.assertUnharmed(lab.merge(sidecar.ports()));
        assertEquals(2, sidecar.training().remote(), sidecar.toString());
        assertEquals(1, sidecar.encoding().remote(), sidecar.toString());
      }
    }
  }
}
