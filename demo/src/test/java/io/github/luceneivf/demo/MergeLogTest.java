// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class MergeLogTest {

  private static PortCall call(PortCall.Work work, PortCall.Place place, boolean done) {
    return new PortCall(work, place, done, 100, Duration.ofMillis(20));
  }

  private static MergeLog.Merge merge(int nlist, int copied, PortCall... calls) {
    return new MergeLog.Merge(4, 400, nlist, copied, Duration.ofMillis(50), List.of(calls));
  }

  @Test
  void mergeBelongsToWhoeverFinishedItsWork() {
    PortCall trained = call(PortCall.Work.TRAIN, PortCall.Place.SIDECAR, true);
    PortCall encoded = call(PortCall.Work.ENCODE, PortCall.Place.SIDECAR, true);
    PortCall failed = call(PortCall.Work.ENCODE, PortCall.Place.SIDECAR, false);
    PortCall local = call(PortCall.Work.ENCODE, PortCall.Place.IN_PROCESS, true);

    assertEquals(MergeLog.Kind.SIDECAR, merge(16, 0, trained, encoded).kind());
    assertEquals("train 20 ms, assign + encode 20 ms", merge(16, 0, trained, encoded).work());
    assertEquals(MergeLog.Kind.IN_PROCESS, merge(16, 0, trained, failed, local).kind());
    assertEquals(
        "no sidecar: train 20 ms, assign + encode 20 ms",
        merge(16, 0, trained, failed, local).work());
    assertEquals("assign + encode 20 ms, 300 codes copied", merge(16, 300, encoded).work());
  }

  @Test
  void mergeWithoutWorkCopiedCodesOrHadNone() {
    assertEquals(MergeLog.Kind.COPY, merge(16, 400).kind());
    assertEquals("code blocks copied", merge(16, 400).work());
    assertEquals(MergeLog.Kind.EXACT, merge(0, 0).kind());
    assertEquals("few vectors, scanned exactly", merge(0, 0).work());
  }
}
