// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.read;

import org.apache.lucene.codecs.hnsw.FlatVectorsReader;
import org.apache.lucene.index.FieldInfo;
import org.jspecify.annotations.Nullable;

/**
 * One field of an open segment. Thread-safe.
 *
 * @param info of the field
 * @param raw its vectors as they were added
 * @param lists its posting lists; null if it has none
 * @param lastScores of the query that asked last
 */
record SegmentField(
    FieldInfo info, FlatVectorsReader raw, @Nullable SegmentLists lists, LastScores lastScores) {

  SegmentField(FieldInfo info, FlatVectorsReader raw, @Nullable SegmentLists lists) {
    this(info, raw, lists, new LastScores());
  }

  /** Returns the name of the field. */
  String name() {
    return info.name;
  }
}
