// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.probe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class IvfSearchStrategyTest {

  @Test
  void recallIsAboveNothingAndBelowAll() {
    for (double recall : new double[] {0, 1, -0.5, 1.5, Double.NaN}) {
      assertEquals(
          "recall must be in (0, 1), got: " + recall,
          assertThrows(IllegalArgumentException.class, () -> IvfSearchStrategy.recall(recall))
              .getMessage());
    }
    assertEquals(0.97, IvfSearchStrategy.recall(0.97).recall().orElseThrow());
    assertTrue(IvfSearchStrategy.recall(0.97).nprobe().isEmpty());
    assertTrue(IvfSearchStrategy.CALIBRATED.recall().isEmpty());
  }

  @Test
  void otherBoundsAreNamed() {
    assertEquals(
        "budget must be at least 1, got: 0",
        assertThrows(IllegalArgumentException.class, () -> IvfSearchStrategy.CALIBRATED.budget(0))
            .getMessage());
    assertEquals(
        "nprobe must be at least 1, got: 0",
        assertThrows(IllegalArgumentException.class, () -> IvfSearchStrategy.nprobe(0))
            .getMessage());
    assertEquals(
        "oversample must be in [1, 1000], got: 0.5",
        assertThrows(
                IllegalArgumentException.class, () -> IvfSearchStrategy.CALIBRATED.oversample(0.5f))
            .getMessage());
    assertEquals(
        Long.MAX_VALUE, IvfSearchStrategy.CALIBRATED.budget(Long.MAX_VALUE).budget().orElseThrow());
  }

  @Test
  void equalIsWhatAsksTheSame() {
    List<IvfSearchStrategy> different =
        List.of(
            IvfSearchStrategy.CALIBRATED,
            IvfSearchStrategy.recall(0.9),
            IvfSearchStrategy.recall(0.95),
            IvfSearchStrategy.nprobe(3),
            IvfSearchStrategy.nprobe(3).oversample(2),
            IvfSearchStrategy.nprobe(3).oversample(2).budget(100),
            IvfSearchStrategy.recall(0.9).budget(100),
            IvfSearchStrategy.recall(0.9).budget(101));
    for (int i = 0; i < different.size(); i++) {
      for (int j = 0; j < different.size(); j++) {
        assertEquals(i == j, different.get(i).equals(different.get(j)), i + " " + j);
      }
    }
    IvfSearchStrategy one = IvfSearchStrategy.recall(0.9).oversample(4).budget(100);
    IvfSearchStrategy same = IvfSearchStrategy.recall(0.9).budget(100).oversample(4);
    assertEquals(one, same);
    assertEquals(one.hashCode(), same.hashCode());
    assertNotEquals(one, new Object());
  }

  @Test
  void itTellsWhatItAsksFor() {
    assertEquals(
        "nprobe=calibrated,oversample=calibrated", IvfSearchStrategy.CALIBRATED.toString());
    assertEquals("nprobe=7,oversample=2.0", IvfSearchStrategy.nprobe(7).oversample(2).toString());
    assertEquals(
        "recall=0.9,nprobe=calibrated,oversample=calibrated,budget=5000",
        IvfSearchStrategy.recall(0.9).budget(5000).toString());
  }
}
