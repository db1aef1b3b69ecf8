// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class IvfParamsTest {

  private static void assertMessage(String expected, Executable call) {
    assertEquals(expected, assertThrows(IllegalArgumentException.class, call).getMessage());
  }

  @Test
  void messagesNameParameterConstraintAndValue() {
    assertMessage(
        "targetRecall must be in (0, 1), got: 1.0", () -> IvfParams.DEFAULT.withTargetRecall(1));
    assertMessage(
        "targetRecall must be in (0, 1), got: NaN",
        () -> IvfParams.DEFAULT.withTargetRecall(Double.NaN));
    assertMessage(
        "mergeBudgetBytes must be at least 1024, got: 5",
        () -> IvfParams.DEFAULT.withMergeBudgetBytes(5));
    assertMessage("nlist must be in [1, 65536], got: 0", () -> ListSizing.fixed(0));
    assertMessage("nlist must be in [1, 65536], got: 65537", () -> ListSizing.fixed(65537));
    assertMessage("exact must be at least 0, got: -1", () -> new IvfParams.Thresholds(-1, 1, 1));
    assertMessage("training must be at least 1, got: 0", () -> new IvfParams.Thresholds(0, 0, 1));
    assertMessage("perList must be at least 0, got: -2", () -> new IvfParams.Thresholds(0, 1, -2));
  }

  @Test
  @SuppressWarnings("NullAway") // null is what is tested
  void nullIsNamed() {
    assertNamed("encoding", () -> IvfParams.DEFAULT.withEncoding(null));
    assertNamed("sizing", () -> IvfParams.DEFAULT.withSizing(null));
    assertNamed("thresholds", () -> IvfParams.DEFAULT.withThresholds(null));
    assertNamed("trainer", () -> Ports.LOCAL.withTrainer(null));
    assertNamed("encoder", () -> Ports.LOCAL.withEncoder(null));
    assertNamed("source", () -> Ports.LOCAL.withSource(null));
    assertNamed("listener", () -> Ports.LOCAL.withListener(null));
  }

  private static void assertNamed(String parameter, Executable call) {
    assertEquals(parameter, assertThrows(NullPointerException.class, call).getMessage());
  }

  @Test
  void defaultBudgetFitsTheHeap() {
    assertEquals(384L << 20, IvfParams.defaultBudget(4L << 30));
    assertEquals(192L << 20, IvfParams.defaultBudget(512L << 20));
    assertEquals(
        IvfParams.defaultBudget(Runtime.getRuntime().maxMemory()),
        IvfParams.DEFAULT.mergeBudgetBytes());
  }

  @Test
  void listsFollowTheSquareRootButKeep64Vectors() {
    assertEquals(128, ListSizing.SQUARE_ROOT.nlist(8_192));
    assertEquals(256, ListSizing.SQUARE_ROOT.nlist(20_000));
    assertEquals(384, ListSizing.SQUARE_ROOT.nlist(60_000));
    assertEquals(576, ListSizing.SQUARE_ROOT.nlist(116_791));
    assertEquals(1_536, ListSizing.SQUARE_ROOT.nlist(1_000_000));
    for (long n = 1; n < 1L << 40; n = n * 3 / 2 + 1) {
      int nlist = ListSizing.SQUARE_ROOT.nlist(n);
      assertTrue(nlist >= 1 && nlist <= 1 << 16, n + ": " + nlist);
      assertTrue(nlist == 1 || nlist <= n / 64, n + ": " + nlist);
    }
  }
}
