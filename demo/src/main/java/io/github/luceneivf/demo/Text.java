// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.demo;

import java.time.Duration;
import java.util.Locale;

/** Numbers as people read them. */
final class Text {

  private Text() {}

  /** Returns a time as {@code 850 ms} or {@code 12.3 s}. */
  static String time(Duration time) {
    double seconds = time.toNanos() / 1e9;
    return seconds < 1 ? format("%.0f ms", seconds * 1e3) : format("%.1f s", seconds);
  }

  /** Returns microseconds as {@code 85 µs} or {@code 1.25 ms}. */
  static String micros(double micros) {
    return micros < 1000 ? format("%.0f µs", micros) : format("%.2f ms", micros / 1e3);
  }

  /** Returns a share as {@code 4.2 %}. */
  static String percent(double share) {
    return format("%.1f %%", share * 100);
  }

  /** Returns a size as {@code 31.5 MB}. */
  static String megabytes(long bytes) {
    return format("%.1f MB", bytes / 1e6);
  }

  /** Returns a count as {@code 20,000}. */
  static String count(long count) {
    return format("%,d", count);
  }

  private static String format(String format, Object value) {
    return String.format(Locale.ROOT, format, value);
  }
}
