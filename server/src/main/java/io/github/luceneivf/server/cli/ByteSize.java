// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.TypeConversionException;

/**
 * A number of bytes as people write it: {@code 64m}, {@code 2g}, {@code 1048576}.
 *
 * @param bytes the number
 */
record ByteSize(long bytes) {

  private static final Pattern FORM = Pattern.compile("(\\d{1,15})([kmg]?)b?");

  static ByteSize parse(String text) {
    Matcher matcher = FORM.matcher(text.toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      throw new TypeConversionException("size must be a number with k, m or g, got: " + text);
    }
    int shift =
        switch (matcher.group(2)) {
          case "k" -> 10;
          case "m" -> 20;
          case "g" -> 30;
          default -> 0;
        };
    long number = Long.parseLong(matcher.group(1));
    if (number > Long.MAX_VALUE >> shift) {
      throw new TypeConversionException("size is too large, got: " + text);
    }
    return new ByteSize(number << shift);
  }
}
