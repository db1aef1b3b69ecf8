// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.client.SidecarCounters;
import io.github.luceneivf.client.SidecarException.Reason;
import io.github.luceneivf.it.fault.FaultProxy.Direction;
import io.github.luceneivf.server.SidecarServer;
import io.github.luceneivf.server.config.ServerConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Merges whose way to the sidecar breaks, chokes or garbles, in the middle of the upload of the
 * sample, of the training, and of the stream of vectors: they complete by work in this process.
 */
class FaultyRoadIT extends MergeFaultTestCase {

  /**
   * What happens.
   *
   * @param fault the fault
   * @param direction of which bytes
   * @param moment when
   * @param hasty whether the client waits no longer than two seconds
   * @param reasons what it may be counted as
   */
  record Case(Fault fault, Direction direction, Moment moment, boolean hasty, Set<Reason> reasons) {
    @Override
    public String toString() {
      return fault + " " + direction + " during " + moment;
    }
  }

  static Stream<Case> cases() {
    Set<Reason> broken = Set.of(Reason.UNAVAILABLE);
    Set<Reason> late = Set.of(Reason.TIMEOUT);
    List<Case> cases = new ArrayList<>();
    for (Direction direction : Direction.values()) {
      for (Moment moment : Moment.values()) {
        cases.add(new Case(new Fault.Reset(), direction, moment, false, broken));
        cases.add(new Case(new Fault.HalfClose(), direction, moment, false, broken));
      }
    }
    for (Moment moment : Moment.values()) {
      cases.add(new Case(new Fault.BlackHole(), Direction.TO_SERVER, moment, true, late));
    }
    cases.add(new Case(new Fault.BlackHole(), Direction.TO_CLIENT, Moment.ENCODING, true, late));
    Fault slow = new Fault.Throttle(1 << 10);
    cases.add(new Case(slow, Direction.TO_SERVER, Moment.UPLOAD, true, late));
    cases.add(new Case(slow, Direction.TO_SERVER, Moment.ENCODING, true, late));
    cases.add(new Case(slow, Direction.TO_CLIENT, Moment.ENCODING, true, late));
    Set<Reason> refused = Set.of(Reason.REFUSED);
    Fault harmed = new Fault.Flip(Http2Bytes.Part.DATA, MIDDLE / 3, 0);
    cases.add(new Case(harmed, Direction.TO_SERVER, Moment.UPLOAD, false, refused));
    cases.add(new Case(harmed, Direction.TO_SERVER, Moment.ENCODING, false, refused));
    cases.add(
        new Case(
            harmed, Direction.TO_CLIENT, Moment.ENCODING, false, Set.of(Reason.INVALID_ANSWER)));
    // The length of a frame: what follows is no HTTP/2 any more.
    Set<Reason> any = EnumSet.complementOf(EnumSet.of(Reason.CIRCUIT_OPEN, Reason.NOT_FOUND));
    Fault garbled = new Fault.Flip(Http2Bytes.Part.FRAME_HEADER, 9 * 4 + 1, 0);
    cases.add(new Case(garbled, Direction.TO_SERVER, Moment.UPLOAD, true, any));
    cases.add(new Case(garbled, Direction.TO_SERVER, Moment.ENCODING, true, any));
    cases.add(new Case(garbled, Direction.TO_CLIENT, Moment.ENCODING, true, any));
    return cases.stream();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void mergeCompletesInThisProcess(Case fault) throws Exception {
    try (SidecarServer server = SidecarServer.start(ServerConfig.local(data));
        FaultProxy proxy = FaultProxy.start(server.port());
        Sidecar sidecar =
            fault.hasty ? Sidecar.hasty(proxy.port()) : Sidecar.patient(proxy.port())) {
      arm(sidecar, proxy, fault.moment, () -> proxy.set(fault.direction, fault.fault));
      lab.assertUnharmed(lab.merge(sidecar.ports()));
      boolean encoding = fault.moment == Moment.ENCODING;
      if (encoding) {
        assertEquals(1, sidecar.training().remote(), sidecar.toString());
      }
      assertFellBack(encoding ? sidecar.encoding() : sidecar.training(), fault.reasons);
    }
  }

  private static void assertFellBack(SidecarCounters counters, Set<Reason> reasons) {
    assertEquals(0, counters.remote(), counters.toString());
    assertEquals(0, counters.rethrown(), counters.toString());
    assertEquals(1, counters.fallbacks(), counters.toString());
    assertEquals(
        1, reasons.stream().mapToLong(counters::fallbacks).sum(), () -> counters + " " + reasons);
  }

  @Test
  void delayIsNoFault() throws Exception {
    try (SidecarServer server = SidecarServer.start(ServerConfig.local(data));
        FaultProxy proxy = FaultProxy.start(server.port());
        Sidecar sidecar = Sidecar.patient(proxy.port())) {
      proxy.set(new Fault.Delay(Duration.ofMillis(5)));
      lab.assertUnharmed(lab.merge(sidecar.ports()));
      assertEquals(1, sidecar.training().remote(), sidecar.toString());
      assertEquals(1, sidecar.encoding().remote(), sidecar.toString());
      assertTrue(proxy.received(Direction.TO_SERVER) > 8 * MIDDLE, "through the proxy");
    }
  }

  @Test
  void brokenConnectionIsMadeAgainForTheNextWork() throws Exception {
    try (SidecarServer server = SidecarServer.start(ServerConfig.local(data));
        FaultProxy proxy = FaultProxy.start(server.port());
        Sidecar sidecar = Sidecar.patient(proxy.port())) {
      proxy.after(Direction.TO_SERVER, MIDDLE, proxy::reset);
      lab.assertUnharmed(lab.merge(sidecar.ports()));
      assertFellBack(sidecar.training(), Set.of(Reason.UNAVAILABLE));
      lab.assertUnharmed(lab.merge(sidecar.ports()));
      assertEquals(1, sidecar.training().remote(), sidecar.toString());
      assertTrue(proxy.accepted() >= 2, "connected again");
    }
  }
}
