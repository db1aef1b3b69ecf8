// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.codebook;

import io.github.luceneivf.wire.FieldNames;
import java.util.Comparator;

/**
 * Whose codebooks: names that are file names everywhere.
 *
 * @param index name of the index
 * @param field name of the field
 */
record FieldName(String index, String field) implements Comparable<FieldName> {

  private static final Comparator<FieldName> ORDER =
      Comparator.comparing(FieldName::index).thenComparing(FieldName::field);

  /** Validates the components. */
  FieldName {
    FieldNames.require("index", index);
    FieldNames.require("field", field);
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
