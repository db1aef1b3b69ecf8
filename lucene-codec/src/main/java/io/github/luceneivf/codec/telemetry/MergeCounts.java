// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.telemetry;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * What became of the vectors of the segments that a merge joined. Immutable.
 *
 * @param vectorsCopied live vectors whose codes were copied: no distance was computed for them
 * @param vectorsEncoded live vectors that were assigned and encoded
 * @param inputs segments with vectors of the field, by kind; kinds without any are absent
 */
public record MergeCounts(int vectorsCopied, int vectorsEncoded, Map<Input, Integer> inputs) {

  /** Of a flush. */
  public static final MergeCounts NONE = new MergeCounts(0, 0, Map.of());

  /** Copies the map. */
  public MergeCounts {
    Map<Input, Integer> copy = new EnumMap<>(Input.class);
    copy.putAll(inputs);
    inputs = Collections.unmodifiableMap(copy);
  }

  /** Returns the segments of a kind. */
  public int inputs(Input kind) {
    return inputs.getOrDefault(kind, 0);
  }

  /** A segment that is merged, by what it has of a field. */
  public enum Input {
    /** Lists of the codebook and encoding of the result: copied. */
    COPIED,
    /** Lists of another codebook, or another version, or in another encoding. */
    OTHER_LISTS,
    /** One list about its own mean. */
    ONE_LIST,
    /** Neither codes nor lists. */
    EXACT,
    /** Vectors of another format, or behind a reader that cannot be seen through. */
    FOREIGN
  }
}
