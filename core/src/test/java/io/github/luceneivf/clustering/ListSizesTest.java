// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.clustering;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class ListSizesTest {

  @Test
  void equalListsHaveImbalanceOne() {
    assertEquals(new ListSizes(7, 7, 7, 7, 0, 1), ListSizes.of(new int[] {7, 7, 7}));
  }

  @Test
  void oneListWithEverythingHasImbalanceN() {
    assertEquals(new ListSizes(0, 0, 90, 90, 3, 4), ListSizes.of(new int[] {0, 90, 0, 0}));
  }

  @Test
  void percentilesAreOfSortedSizes() {
    int[] sizes = new int[101];
    for (int i = 0; i <= 100; i++) {
      sizes[i] = 100 - i;
    }
    ListSizes summary = ListSizes.of(sizes);
    assertEquals(50, summary.median());
    assertEquals(99, summary.p99());
    assertEquals(100, summary.max());
    assertEquals(1, summary.empty());
  }

  @Test
  void emptyListsHaveImbalanceOne() {
    assertEquals(1, ListSizes.of(new int[5]).imbalance());
    assertThrows(IllegalArgumentException.class, () -> ListSizes.of(new int[0]));
  }
}
