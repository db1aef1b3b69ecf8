package io.github.luceneivf.codec.read;

import io.github.luceneivf.codec.file.PostingLists;
import io.github.luceneivf.quantization.BlockScorer;
import io.github.luceneivf.quantization.CodeBlock;
import io.github.luceneivf.quantization.QueryCode;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.util.Bits;
import org.jspecify.annotations.Nullable;

/**
 * Scans posting lists block by block and offers accepted vectors as candidates. Each accepted
 * vector counts as visited, once. Not thread-safe; one per search.
 */
final class ListScanner {

  private final PostingLists lists;
  private final CodeBlock layout;
  private final int vectors;
  private final PostingLists.Cursor cursor;
  private final BlockScorer scorer;
  private final @Nullable Bits acceptOrds;
  private final float[] distances = new float[CodeBlock.WIDTH];
  private long accepted;

  /**
   * Creates a scanner.
   *
   * @param vectors vectors in the segment; ordinals at or beyond are corrupt
   * @param acceptOrds accepted ordinals; null accepts all
   */
  ListScanner(PostingLists lists, int vectors, QueryCode query, @Nullable Bits acceptOrds) {
    this.lists = lists;
    this.layout = lists.layout();
    this.vectors = vectors;
    this.cursor = lists.cursor();
    this.scorer = new BlockScorer(layout, query);
    this.acceptOrds = acceptOrds;
  }

  /** Returns the accepted vectors seen so far. */
  long accepted() {
    return accepted;
  }

  /**
   * Scans a list.
   *
   * @param base exact distance of the query to its centroid
   * @param visits counts visits, and may stop the scan; null when the list was counted before
   */
  void scan(int list, float base, CandidateQueue candidates, @Nullable KnnCollector visits)
      throws IOException {
    int size = lists.size(list);
    if (size == 0) {
      return;
    }
    cursor.moveTo(list);
    MemorySegment memory = cursor.memory();
    for (int at = 0; at < size; ) {
      if (visits != null && visits.earlyTerminated()) {
        return;
      }
      int width = CodeBlock.widthAt(at, size);
      int count = Math.min(width, size - at);
      long offset = cursor.base() + layout.blockOffset(at, size);
      scorer.score(memory, offset, width, base, distances);
      int taken = offer(memory, offset, count, candidates);
      if (visits != null) {
        visits.incVisitedCount(taken);
        accepted += taken;
      }
      at += count;
    }
  }

  /** Returns the accepted vectors of the block. */
  private int offer(MemorySegment memory, long offset, int count, CandidateQueue candidates)
      throws IOException {
    float threshold = candidates.threshold();
    if (acceptOrds == null) {
      for (int lane = 0; lane < count; lane++) {
        if (distances[lane] >= threshold) {
          candidates.drop();
        } else {
          candidates.add(distances[lane], ord(memory, offset, lane));
          threshold = candidates.threshold();
        }
      }
      return count;
    }
    int taken = 0;
    for (int lane = 0; lane < count; lane++) {
      int ord = ord(memory, offset, lane);
      if (!acceptOrds.get(ord)) {
        continue;
      }
      taken++;
      if (distances[lane] >= threshold) {
        candidates.drop();
      } else {
        candidates.add(distances[lane], ord);
        threshold = candidates.threshold();
      }
    }
    return taken;
  }

  private int ord(MemorySegment memory, long offset, int lane) throws CorruptIndexException {
    int ord = layout.ord(memory, offset, lane);
    if (ord < 0 || ord >= vectors) {
      throw new CorruptIndexException(
          "posting list: expected an ordinal in [0, " + vectors + "), got: " + ord, lists.name());
    }
    return ord;
  }
}
