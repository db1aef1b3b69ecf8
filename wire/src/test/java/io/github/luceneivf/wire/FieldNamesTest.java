// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class FieldNamesTest {

  private static final List<String> OTHERS =
      List.of("", "..", "a/b", "A", "-a", "a.b", "a\0", "a".repeat(65));

  @Test
  void namesStayAsTheyAre() {
    for (String name : List.of("a", "0", "title-vector", "a_b", "a".repeat(64))) {
      FieldNames.require("field", name);
      assertEquals(name, FieldNames.of(name));
    }
  }

  @Test
  void othersGoByAHashThatIsAName() {
    for (String other : OTHERS) {
      assertTrue(FieldNames.isName(FieldNames.of(other)), other);
    }
    assertEquals(OTHERS.size(), OTHERS.stream().map(FieldNames::of).distinct().count());
    // Processes of any version must agree on it.
    assertEquals("x-559aead08264d5795d3909718cdd05ab", FieldNames.of("A"));
  }

  @Test
  void refusalNamesWhatItIs() {
    for (String other : OTHERS) {
      String shown = other.length() > 64 ? other.substring(0, 64) + "…" : other;
      assertEquals(
          "index must match [a-z0-9][a-z0-9_-]{0,63}, got: " + shown,
          assertThrows(WireException.class, () -> FieldNames.require("index", other)).getMessage());
    }
  }
}
