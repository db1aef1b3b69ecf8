// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.contender;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SettingTest {

  @Test
  void settingsDoNotChange() {
    Map<String, Double> given = new LinkedHashMap<>(Map.of("ef", 40.0));
    Setting setting = new Setting("M16", given);
    given.put("ef", 50.0);
    assertThrows(UnsupportedOperationException.class, () -> setting.knobs().put("ef", 60.0));
    assertEquals(40, setting.count("ef"));
  }

  @Test
  void oneMoreKnobIsLastOfACopy() {
    Setting first = Setting.defaults("M16").with("ef", 40);
    Setting second = first.with("beam", 1.5);
    assertEquals(List.of("ef"), List.copyOf(first.knobs().keySet()));
    assertEquals(List.of("ef", "beam"), List.copyOf(second.knobs().keySet()));
    assertEquals("M16 ef=40 beam=1.5", second.label());
    assertEquals("M16 defaults", Setting.defaults("M16").label());
  }
}
