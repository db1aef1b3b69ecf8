// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * Names of indexes, fields and sources of reports: file names on every system. Fields of an index
 * may have any name; one that is none of these goes by a hash, the same in every process.
 * Stateless.
 */
public final class FieldNames {

  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9_-]{0,63}");
  private static final int HASH_BYTES = 16;
  private static final int SHOWN = 64;

  private FieldNames() {}

  /** Returns whether a name may be sent as it is. */
  public static boolean isName(String name) {
    return NAME.matcher(name).matches();
  }

  /** Returns what is wrong with a name that is none, for {@code what} it was to name. */
  public static String mismatch(String what, String name) {
    String shown = name.length() <= SHOWN ? name : name.substring(0, SHOWN) + "…";
    return what + " must match " + NAME + ", got: " + shown;
  }

  /**
   * Checks a name.
   *
   * @param what what it names
   * @throws WireException if it is none
   */
  public static void require(String what, String name) {
    if (!isName(name)) {
      throw new WireException(mismatch(what, name));
    }
  }

  /** Returns the name by which a field is sent: itself, or {@code x-} and 32 digits of a hash. */
  public static String of(String field) {
    if (isName(field)) {
      return field;
    }
    byte[] hash = Checksums.sha256().digest(field.getBytes(StandardCharsets.UTF_8));
    return "x-" + HexFormat.of().formatHex(Arrays.copyOf(hash, HASH_BYTES));
  }
}
