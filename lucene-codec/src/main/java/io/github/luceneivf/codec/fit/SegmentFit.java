// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.fit;

import io.github.luceneivf.codec.file.FieldMeta;
import io.github.luceneivf.codec.file.ListsProvider;
import io.github.luceneivf.codec.file.SegmentCodebook;
import java.util.Objects;
import java.util.Optional;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.index.CodecReader;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.FilterLeafReader;
import org.apache.lucene.index.LeafReader;

/**
 * A segment and how the codebook of its lists fits its vectors, those deleted since it was written
 * included. Immutable.
 *
 * @param segment its name
 * @param vectors its vectors
 * @param lists its lists; empty if it has none or only one, or is of another format
 */
public record SegmentFit(String segment, int vectors, Optional<FittedLists> lists) {

  /** Validates the components. */
  public SegmentFit {
    Objects.requireNonNull(segment, "segment");
    Objects.requireNonNull(lists, "lists");
  }

  /** Returns the fit of a field in a segment that was read; empty if it has no vectors there. */
  static Optional<SegmentFit> of(ListsProvider segment, String field) {
    return segment
        .meta(field)
        .map(meta -> of(segment.segment().name, meta, segment.codebook(field)));
  }

  /** Returns the fit of a segment of this format. */
  public static SegmentFit of(String segment, FieldMeta meta, Optional<SegmentCodebook> codebook) {
    return new SegmentFit(
        segment,
        meta.vectors(),
        codebook
            .filter(c -> c.codebook().nlist() > 1)
            .flatMap(c ->
                meta.lists()
                    .map(lists ->
                        new FittedLists(
                            c.codebook(), meta.vectors(), lists.sizes(), lists.statistics()))));
  }

  /** Returns the fit of a leaf; empty if it has no vectors in the field. */
  public static Optional<SegmentFit> of(LeafReader leaf, String field) {
    FieldInfo info = leaf.getFieldInfos().fieldInfo(field);
    if (info == null || !info.hasVectorValues()) {
      return Optional.empty();
    }
    LeafReader inner = FilterLeafReader.unwrap(leaf);
    KnnVectorsReader reader =
        inner instanceof CodecReader codec
            ? ListsProvider.ofField(codec.getVectorReader(), field)
            : null;
    return reader instanceof ListsProvider holder
        ? of(holder, field)
        : Optional.of(new SegmentFit(inner.toString(), leaf.maxDoc(), Optional.empty()));
  }
}
