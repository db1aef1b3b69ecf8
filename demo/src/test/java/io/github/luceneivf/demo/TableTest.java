// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TableTest {

  private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
  private final Screen plain =
      new Screen(new PrintStream(shown, true, StandardCharsets.UTF_8), false, 80);

  @Test
  void numbersAreAlignedRightAndTextLeft() {
    Table table =
        new Table("way", "recall", "time").row("exact scan", "1.000", "-").row("IVF", "0.97", "9");
    assertEquals(
        List.of("way         recall  time", "exact scan   1.000     -", "IVF           0.97     9"),
        table.lines(plain));
  }

  @Test
  void rowOfAnotherLengthIsRefused() {
    Table table = new Table("a", "b");
    assertEquals(
        "row must have 2 cells, got: 1",
        assertThrows(IllegalArgumentException.class, () -> table.row("x")).getMessage());
  }

  @Test
  void textIsWrappedAtBlanksAndCutWithAnEllipsis() {
    assertEquals(
        List.of("the quick", "brown fox…"), Table.wrap("the quick brown fox jumps", 10, 2));
    assertEquals(List.of("short"), Table.wrap(" short ", 10, 2));
    assertEquals(List.of(), Table.wrap("", 10, 2));
    for (String line : Table.wrap("a".repeat(30) + " b", 10, 3)) {
      assertTrue(line.length() <= 10, line);
    }
  }

  @Test
  void escapesAreForTerminalsOnly() {
    plain.step(1, "Title");
    plain.table(new Table("a").row("b"));
    assertFalse(shown.toString(StandardCharsets.UTF_8).contains("\u001b"));
    Screen terminal = new Screen(new PrintStream(shown, true, StandardCharsets.UTF_8), true, 80);
    terminal.step(1, "Title");
    assertTrue(shown.toString(StandardCharsets.UTF_8).contains("\u001b[1m1  Title\u001b[0m"));
  }

  @Test
  void widthIsKeptInBounds() {
    assertEquals(120, Screen.ofProcess(Map.of("COLUMNS", "300")).width());
    assertEquals(80, Screen.ofProcess(Map.of("COLUMNS", "20")).width());
    assertEquals(100, Screen.ofProcess(Map.of("COLUMNS", "wide")).width());
    assertEquals(100, Screen.ofProcess(Map.of()).width());
  }

  @Test
  void plainProgressShowsEveryTenthOnce() {
    try (Progress progress = Progress.start(plain, "embedding", "texts", 1000)) {
      for (int i = 0; i < 500; i++) {
        progress.advance(2);
      }
    }
    assertEquals(10, shown.toString(StandardCharsets.UTF_8).lines().count());
  }

  @Test
  void numbersReadWell() {
    assertEquals("850 ms", Text.time(Duration.ofMillis(850)));
    assertEquals("12.3 s", Text.time(Duration.ofMillis(12_340)));
    assertEquals("85 µs", Text.micros(85.2));
    assertEquals("1.25 ms", Text.micros(1_250));
    assertEquals("4.2 %", Text.percent(0.042));
    assertEquals("31.5 MB", Text.megabytes(31_500_000));
    assertEquals("20,000", Text.count(20_000));
  }
}
