// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class MemoryBudgetTest {

  @Test
  void partLeavesTheRestToOthers() {
    MemoryBudget whole = new MemoryBudget(100);
    MemoryBudget part = whole.part(75);
    MemoryBudget.Reservation all = part.reserve(75).orElseThrow();
    assertTrue(part.reserve(1).isEmpty());
    assertEquals(0, part.freeBytes());
    assertEquals(25, whole.freeBytes());
    MemoryBudget.Reservation rest = whole.reserve(25).orElseThrow();
    all.close();
    assertEquals(75, part.freeBytes());
    rest.close();
    assertEquals(0, whole.usedBytes());
  }

  @Test
  void partHasNoMoreThanTheWhole() {
    MemoryBudget whole = new MemoryBudget(100);
    MemoryBudget part = whole.part(75);
    MemoryBudget.Reservation most = whole.reserve(90).orElseThrow();
    assertEquals(10, part.freeBytes());
    assertTrue(part.reserve(11).isEmpty());
    assertEquals(0, part.usedBytes());
    most.close();
  }

  @Test
  void reservationGrowsAndShrinksUntilItIsClosed() {
    MemoryBudget whole = new MemoryBudget(100);
    MemoryBudget.Reservation reservation = whole.part(80).reserve(10).orElseThrow();
    assertTrue(reservation.resize(80));
    assertFalse(reservation.resize(81));
    assertEquals(80, whole.usedBytes());
    assertTrue(reservation.resize(5));
    assertEquals(5, whole.usedBytes());
    reservation.close();
    reservation.close();
    assertFalse(reservation.resize(1));
    assertEquals(0, whole.usedBytes());
  }
}
