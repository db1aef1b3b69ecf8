// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.contender;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * One way to search one index: what a user could write down and use again. Immutable.
 *
 * @param index name of the contender's index it searches
 * @param knobs values by name, in the order in which they are shown; none means defaults
 */
public record Setting(String index, Map<String, Double> knobs) {

  /** Copies the knobs, keeping their order. */
  public Setting {
    knobs = Collections.unmodifiableMap(new LinkedHashMap<>(knobs));
  }

  /** Returns the setting that leaves everything to the contender. */
  public static Setting defaults(String index) {
    return new Setting(index, Map.of());
  }

  /** Returns a copy with one more knob. */
  public Setting with(String knob, double value) {
    Map<String, Double> more = new LinkedHashMap<>(knobs);
    more.put(knob, value);
    return new Setting(index, more);
  }

  /** Returns whether the knob is set. */
  public boolean has(String knob) {
    return knobs.containsKey(knob);
  }

  /**
   * Returns the value of a knob.
   *
   * @throws IllegalArgumentException if it is not set
   */
  public double knob(String name) {
    Double value = knobs.get(name);
    if (value == null) {
      throw new IllegalArgumentException("setting " + this + " must have the knob " + name);
    }
    return value;
  }

  /** Returns the value of a knob, rounded. */
  public int count(String name) {
    return (int) Math.round(knob(name));
  }

  /** Returns index and knobs as one reads them, for example {@code M16-b100 ef=40}. */
  public String label() {
    String values =
        knobs.isEmpty()
            ? "defaults"
            : knobs.entrySet().stream()
                .map(knob -> knob.getKey() + "=" + number(knob.getValue()))
                .collect(Collectors.joining(" "));
    return index.isEmpty() ? values : index + " " + values;
  }

  private static String number(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }
}
