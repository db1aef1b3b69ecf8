// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.luceneivf.client.SidecarException.Reason;
import io.github.luceneivf.it.fault.FaultProxy.Direction;
import io.github.luceneivf.server.SidecarServer;
import io.github.luceneivf.server.config.ServerConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a merge loses on a sidecar that keeps it waiting, with the waits that users get: 10 s at
 * most, beside the work that is done in this process. All cases run at the same time.
 */
class UsualDeadlinesIT {

  private static final long EARLY = MergeFaultTestCase.MIDDLE / 8;

  /** What may be lost; all cases share the processors, so there is a second beside the ten. */
  private static final Duration MAX_LOST = Duration.ofSeconds(11);

  @TempDir Path data;

  private record Case(Fault fault, Direction direction, boolean encoding) {}

  @Test
  void mergeLosesTenSecondsAtMost() throws Exception {
    MergeLab lab = new MergeLab();
    Fault slow = new Fault.Throttle(1 << 10);
    List<Case> cases =
        List.of(
            new Case(new Fault.BlackHole(), Direction.TO_SERVER, false),
            new Case(new Fault.BlackHole(), Direction.TO_CLIENT, true),
            new Case(slow, Direction.TO_SERVER, false),
            new Case(slow, Direction.TO_SERVER, true),
            new Case(slow, Direction.TO_CLIENT, true));
    try (ExecutorService threads = Executors.newFixedThreadPool(cases.size())) {
      List<Callable<Duration>> work = new ArrayList<>();
      for (Case one : cases) {
        work.add(() -> lost(lab, one));
      }
      List<Future<Duration>> results = threads.invokeAll(work);
      for (int i = 0; i < cases.size(); i++) {
        Duration lost = results.get(i).get();
        System.out.println(cases.get(i) + " cost " + lost);
        assertEquals(-1, Integer.signum(lost.compareTo(MAX_LOST)), cases.get(i) + " cost " + lost);
      }
    }
  }

  private Duration lost(MergeLab lab, Case one) throws Exception {
    try (SidecarServer server =
            SidecarServer.start(
                ServerConfig.local(data.resolve(Integer.toHexString(one.hashCode()))));
        FaultProxy proxy = FaultProxy.start(server.port());
        Sidecar sidecar = Sidecar.usual(proxy.port())) {
      Runnable begin = () -> proxy.set(one.direction, one.fault);
      if (one.encoding) {
        sidecar.beforeEncoding(() -> proxy.after(Direction.TO_SERVER, EARLY, begin));
      } else {
        proxy.after(Direction.TO_SERVER, EARLY, begin);
      }
      lab.merge(sidecar.ports());
      assertEquals(
          1,
          sidecar.training().fallbacks(Reason.TIMEOUT)
              + sidecar.encoding().fallbacks(Reason.TIMEOUT),
          sidecar.toString());
      return sidecar.lost();
    }
  }
}
