// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.cli;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.TypeConversionException;

/**
 * An interval as people write it: {@code 90s}, {@code 15m}, {@code 2h}.
 *
 * @param duration the interval
 */
record Interval(Duration duration) {

  private static final Pattern FORM = Pattern.compile("(\\d{1,9})([smh])");

  static Interval parse(String text) {
    Matcher matcher = FORM.matcher(text.toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      throw new TypeConversionException("interval must be a number with s, m or h, got: " + text);
    }
    long number = Long.parseLong(matcher.group(1));
    return new Interval(
        switch (matcher.group(2)) {
          case "s" -> Duration.ofSeconds(number);
          case "m" -> Duration.ofMinutes(number);
          default -> Duration.ofHours(number);
        });
  }
}
