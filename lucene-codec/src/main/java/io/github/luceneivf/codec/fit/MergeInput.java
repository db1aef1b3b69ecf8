// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.fit;

import io.github.luceneivf.codebook.CodebookId;
import io.github.luceneivf.codec.file.ListsProvider;
import io.github.luceneivf.codec.file.RawVectors;
import io.github.luceneivf.codec.file.SegmentCodebook;
import io.github.luceneivf.codec.file.StoredLists;
import io.github.luceneivf.codec.telemetry.MergeCounts;
import io.github.luceneivf.quantization.Encoding;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.FieldInfos;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.MergeState;
import org.apache.lucene.store.Directory;
import org.jspecify.annotations.Nullable;

/**
 * A segment of a merge, as far as a field is concerned.
 *
 * @param docMap its documents → documents of the result; −1 for those that are deleted
 * @param ours whether it is of this format and can be seen as such
 * @param lists its posting lists, if it has any
 * @param fit what it says of its codebook, if it is ours
 * @param directory of its index; null if it is not ours
 */
public record MergeInput(
    MergeState.DocMap docMap,
    boolean ours,
    Optional<StoredLists> lists,
    Optional<SegmentFit> fit,
    @Nullable Directory directory) {

  /**
   * Returns the segments of a merge that have vectors of a field.
   *
   * @throws IOException if their lists cannot be read
   */
  public static List<MergeInput> of(FieldInfo field, MergeState state) throws IOException {
    List<MergeInput> inputs = new ArrayList<>();
    for (int i = 0; i < state.knnVectorsReaders.length; i++) {
      KnnVectorsReader reader = unwrap(state.knnVectorsReaders[i], state.fieldInfos[i], field.name);
      if (reader == null) {
        continue;
      }
      KnnVectorValues values = RawVectors.of(reader, field);
      if (values == null || values.size() == 0) {
        continue;
      }
      inputs.add(
          reader instanceof ListsProvider holder
              ? new MergeInput(
                  state.docMaps[i],
                  true,
                  holder.lists(field.name),
                  SegmentFit.of(holder, field.name),
                  holder.segment().dir)
              : new MergeInput(state.docMaps[i], false, Optional.empty(), Optional.empty(), null));
    }
    return inputs;
  }

  /** The field's own reader; null if the segment has no vectors of the field. */
  private static @Nullable KnnVectorsReader unwrap(
      @Nullable KnnVectorsReader reader, FieldInfos infos, String field) {
    FieldInfo info = infos.fieldInfo(field);
    if (reader == null || info == null || !info.hasVectorValues()) {
      return null;
    }
    return ListsProvider.ofField(reader, field);
  }

  /** Returns the codebook of the lists; empty if there are none, or only one list. */
  public Optional<SegmentCodebook> codebook() {
    return lists.map(StoredLists::codebook).filter(c -> c.codebook().nlist() > 1);
  }

  /** Returns whether codes can be copied into lists of a codebook: they would be the same. */
  public boolean isCodedWith(CodebookId codebook, Encoding encoding) {
    return codebook().isPresent()
        && lists.get().meta().codebook().equals(codebook)
        && lists.get().meta().encoding().equals(encoding);
  }

  /** Returns its kind in a merge that does not copy it. */
  public MergeCounts.Input kind() {
    if (!ours) {
      return MergeCounts.Input.FOREIGN;
    }
    if (lists.isEmpty()) {
      return MergeCounts.Input.EXACT;
    }
    return codebook().isPresent() ? MergeCounts.Input.OTHER_LISTS : MergeCounts.Input.ONE_LIST;
  }
}
