// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.fit;

import io.github.luceneivf.codebook.AbortCheck;
import io.github.luceneivf.codec.file.ListStatistics;
import io.github.luceneivf.codec.file.PostingLists;
import io.github.luceneivf.codec.file.StoredLists;
import java.io.IOException;
import java.util.Optional;

/**
 * What a segment says of its codebook once the documents that its merge drops are gone: what the
 * merged segment will say. Energy is taken to be that of all vectors, and of those that came after
 * the training as many are taken to be gone as of the others.
 */
final class FitWithoutDeletes {

  private FitWithoutDeletes() {}

  /**
   * Counts the entries that are left in each list.
   *
   * @param fit what the segment said when it was written
   * @return {@code fit} itself if nothing is deleted
   * @throws IOException if the lists cannot be read, or {@code abort}
   */
  static SegmentFit of(MergeInput input, SegmentFit fit, AbortCheck abort) throws IOException {
    Optional<StoredLists> stored = input.lists();
    if (stored.isEmpty() || fit.lists().isEmpty()) {
      return fit;
    }
    int left = live(input, stored.get(), abort);
    if (left == stored.get().values().size()) {
      return fit;
    }
    FittedLists lists = fit.lists().get();
    int[] sizes = new int[lists.sizes().length];
    PostingLists.Cursor cursor = stored.get().postings().cursor();
    for (int list = 0; list < sizes.length; list++) {
      abort.check();
      sizes[list] = live(input, stored.get(), cursor, list);
    }
    ListStatistics old = lists.statistics();
    int arrived = (int) Math.round((double) old.arrived() * left / Math.max(1, fit.vectors()));
    ListStatistics now =
        new ListStatistics(old.training(), left > 0 && old.measured(), old.energy(), arrived);
    return new SegmentFit(
        fit.segment(), left, Optional.of(new FittedLists(lists.codebook(), left, sizes, now)));
  }

  /** Vectors that are left. */
  private static int live(MergeInput input, StoredLists stored, AbortCheck abort)
      throws IOException {
    int vectors = stored.values().size();
    int live = 0;
    for (int ord = 0; ord < vectors; ord++) {
      if ((ord & 0xffff) == 0) {
        abort.check();
      }
      live += input.docMap().get(stored.values().ordToDoc(ord)) >= 0 ? 1 : 0;
    }
    return live;
  }

  private static int live(
      MergeInput input, StoredLists stored, PostingLists.Cursor cursor, int list)
      throws IOException {
    int size = stored.postings().size(list);
    if (size == 0) {
      return 0;
    }
    cursor.moveTo(list);
    int live = 0;
    for (int at = 0; at < size; at++) {
      int ord = stored.postings().checkOrd(cursor.ord(at), stored.values().size());
      live += input.docMap().get(stored.values().ordToDoc(ord)) >= 0 ? 1 : 0;
    }
    return live;
  }
}
