// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it.scene;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Properties;

/**
 * Scenes that miss what is required of them, and the recall that they must not fall below: {@code
 * known-misses.properties}, by title, data, layout and question. A scene that is mended leaves the
 * list. Stateless.
 */
final class KnownMisses {

  /** What a mean may differ by on another machine. */
  private static final double WIDTHS = 0.01;

  private static final Properties FLOORS = read();

  private KnownMisses() {}

  private static Properties read() {
    Properties floors = new Properties();
    try (InputStream in = KnownMisses.class.getResourceAsStream("known-misses.properties")) {
      floors.load(
          new InputStreamReader(
              Objects.requireNonNull(in, "known misses"), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return floors;
  }

  /** Returns whether a scene is in the list. */
  static boolean has(String title, Scene scene) {
    return FLOORS.containsKey(key(title, scene));
  }

  /**
   * Returns the mean recall that a scene must not fall below: what the list says, or a little less
   * than is required, since kernels of other widths find other candidates.
   */
  static double floor(String title, Scene scene) {
    String known = FLOORS.getProperty(key(title, scene));
    return known == null ? scene.required().least() - WIDTHS : Double.parseDouble(known);
  }

  /** Returns what a scene is called in the list. */
  static String key(String title, Scene scene) {
    String name =
        title + "|" + scene.data().name() + "|" + scene.layout() + "|" + scene.question().label();
    return name.replace(' ', '_').replace(':', '_').replace('=', '_');
  }
}
