// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it.fault;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.it.fault.FaultProxy.Direction;
import io.github.luceneivf.server.SidecarServer;
import io.github.luceneivf.server.config.ServerConfig;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Single bits flipped anywhere in what client and sidecar tell each other: whatever is made of it,
 * the segment is what it is without a sidecar. {@code -Divf.flips=1000} for more.
 */
class FlippedBitsIT {

  private static final int FLIPS = Integer.getInteger("ivf.flips", 20);
  private static final long SEED = Long.getLong("ivf.flips.seed", 20261122L);

  /** Messages of a training but for the sample and the codebook: where mistakes are small. */
  private static final int SMALL_TALK_BYTES = 4_000;

  @TempDir Path data;

  @Test
  void segmentIsTheSameWhateverIsFlipped() throws Exception {
    MergeLab lab = new MergeLab();
    Random random = new Random(SEED);
    int noticed = 0;
    for (int i = 0; i < FLIPS; i++) {
      Direction direction = i % 2 == 0 ? Direction.TO_SERVER : Direction.TO_CLIENT;
      int skip = random.nextInt(direction == Direction.TO_SERVER ? 300 : SMALL_TALK_BYTES);
      int bit = random.nextInt(Byte.SIZE);
      String flip = "flip " + i + " of seed " + SEED + ": " + direction + " byte " + skip;
      try (SidecarServer server = SidecarServer.start(ServerConfig.local(data.resolve("" + i)));
          FaultProxy proxy = FaultProxy.start(server.port());
          Sidecar sidecar = Sidecar.hasty(proxy.port())) {
        proxy.set(direction, new Fault.Flip(Http2Bytes.Part.DATA, skip, bit));
        MergeLab.Outcome outcome = lab.merge(sidecar.ports());
        System.out.println(flip + " bit " + bit + ": " + sidecar);
        lab.assertUnharmed(outcome);
        noticed += sidecar.training().fallbacks() + sidecar.encoding().fallbacks() > 0 ? 1 : 0;
      } catch (AssertionError e) {
        throw new AssertionError(flip, e);
      }
    }
    assertTrue(noticed > 0, "no flip was noticed, seed " + SEED);
  }
}
