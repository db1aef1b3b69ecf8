// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.codebook;

import io.github.luceneivf.server.rpc.RequestException;
import java.util.Comparator;
import java.util.regex.Pattern;

/**
 * Whose codebooks: names that are file names everywhere.
 *
 * @param index name of the index
 * @param field name of the field
 */
record FieldName(String index, String field) implements Comparable<FieldName> {

  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9_-]{0,63}");
  private static final int SHOWN = 64;

  private static final Comparator<FieldName> ORDER =
      Comparator.comparing(FieldName::index).thenComparing(FieldName::field);

  /** Validates the components. */
  FieldName {
    require("index", index);
    require("field", field);
  }

  /**
   * Checks a name.
   *
   * @param what what it names
   * @throws RequestException if it is not one
   */
  static void require(String what, String name) {
    if (!isName(name)) {
      String shown = name.length() <= SHOWN ? name : name.substring(0, SHOWN) + "…";
      throw RequestException.invalid(what + " must match " + NAME + ", got: " + shown);
    }
  }

  static boolean isName(String name) {
    return NAME.matcher(name).matches();
  }

  @Override
  public int compareTo(FieldName other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return index + "/" + field;
  }
}
