// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.probe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ProbeReportTest {

  @Test
  void sumsAddWhatWasLookedAtAndWeighRecallByVectors() {
    ProbeReport lists = new ProbeReport(1, 2, 30, 4_000, 50, 9_000, 0.9, false);
    ProbeReport exact = ProbeReport.exact(1_000, 1_000, false);
    ProbeReport sum = lists.plus(exact);
    assertEquals(
        new ProbeReport(1, 2, 30, 4_000, 1_050, 10_000, sum.estimatedRecall(), false), sum);
    assertEquals(0.91, sum.estimatedRecall(), 1e-12);
    assertEquals(sum, exact.plus(lists));
  }

  @Test
  void nothingChangesNothing() {
    ProbeReport lists = new ProbeReport(1, 2, 30, 4_000, 50, 9_000, 0.75, true);
    assertEquals(lists, lists.plus(ProbeReport.NOTHING));
    assertEquals(lists, ProbeReport.NOTHING.plus(lists));
    assertEquals(1, ProbeReport.NOTHING.plus(ProbeReport.NOTHING).estimatedRecall());
  }

  @Test
  void oneThatWasCutOffCutsOffTheSum() {
    ProbeReport whole = ProbeReport.exact(10, 10, false);
    ProbeReport cut = ProbeReport.exact(5, 10, true);
    assertTrue(whole.plus(cut).cutOff());
    assertTrue(cut.plus(whole).cutOff());
    assertFalse(whole.plus(whole).cutOff());
  }
}
