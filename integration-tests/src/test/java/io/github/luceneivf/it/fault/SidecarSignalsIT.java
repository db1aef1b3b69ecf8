package io.github.luceneivf.it.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.luceneivf.client.SidecarCounters;
import io.github.luceneivf.client.SidecarException.Reason;
import io.github.luceneivf.it.SidecarProcess;
import io.github.luceneivf.it.fault.FaultProxy.Direction;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Merges whose sidecar, a process of its own, is killed or stopped while it works for them. */
class SidecarSignalsIT {

  private static final long MIDDLE = (long) MergeLab.N * MergeLab.DIM * Float.BYTES / 4;

  private static MergeLab lab;
  private static Leaks leaks;

  @TempDir Path data;

  @BeforeAll
  static void prepare() throws IOException {
    lab = new MergeLab();
    leaks = Leaks.watch();
  }

  @AfterAll
  static void nothingStays() throws Exception {
    leaks.assertNone("ivf-", "grpc-", "fault-");
    Leaks.assertNoBufferInUse();
  }

  private static void arm(
      Sidecar sidecar, FaultProxy proxy, FaultyRoadIT.Moment moment, Runnable signal) {
    switch (moment) {
      case UPLOAD -> proxy.after(Direction.TO_SERVER, MIDDLE, signal);
      case TRAINING -> sidecar.whileTraining(signal);
      case ENCODING ->
          sidecar.beforeEncoding(() -> proxy.after(Direction.TO_SERVER, MIDDLE, signal));
    }
  }

  private static void assertFellBack(Sidecar sidecar, FaultyRoadIT.Moment moment, Reason reason) {
    SidecarCounters hit =
        moment == FaultyRoadIT.Moment.ENCODING ? sidecar.encoding() : sidecar.training();
    assertEquals(1, hit.fallbacks(), sidecar.toString());
    assertEquals(1, hit.fallbacks(reason), sidecar.toString());
  }

  @ParameterizedTest
  @EnumSource(FaultyRoadIT.Moment.class)
  void mergeSurvivesTheDeathOfTheSidecar(FaultyRoadIT.Moment moment) throws Exception {
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
  @EnumSource(FaultyRoadIT.Moment.class)
  void mergeDoesNotWaitForAStoppedSidecar(FaultyRoadIT.Moment moment) throws Exception {
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
        assertFellBack(sidecar, FaultyRoadIT.Moment.ENCODING, Reason.UNAVAILABLE);
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
