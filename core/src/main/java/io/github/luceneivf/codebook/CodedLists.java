package io.github.luceneivf.codebook;

import io.github.luceneivf.clustering.Assignment;
import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.quantization.BlockScorer;
import io.github.luceneivf.quantization.CodeBlock;
import io.github.luceneivf.quantization.Encoding;
import io.github.luceneivf.quantization.QueryCode;
import io.github.luceneivf.quantization.VectorCoder;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * Coded vectors in lists, in memory, as a segment would hold them. Not thread-safe; one per
 * calibration.
 */
final class CodedLists {

  private static final int TICK_ROWS = 4096;

  private final CodeBlock layout;
  private final int[] starts;
  private final int[] rowAt;
  private final MemorySegment[] lists;
  private final float[] scores;

  private CodedLists(CodeBlock layout, int[] starts, int[] rowAt, MemorySegment[] lists) {
    this.layout = layout;
    this.starts = starts;
    this.rowAt = rowAt;
    this.lists = lists;
    this.scores = new float[rowAt.length];
  }

  /**
   * Codes the rows of an assignment.
   *
   * @param arena lifetime of the codes. Native memory, because vector loads from byte arrays are
   *     boxed unless native ones were seen before
   */
  static CodedLists of(
      Codebook codebook,
      Encoding encoding,
      FloatMatrix rows,
      Assignment assignment,
      Arena arena,
      TrueNeighbors.Tick tick)
      throws IOException {
    CodeBlock layout =
        new CodeBlock(encoding, rows.dim(), CodeBlock.ordBytesFor(Math.max(rows.rows(), 1)));
    int[] starts = starts(assignment.sizes());
    int[] rowAt = rowsByList(assignment.lists(), starts);
    VectorCoder coder = new VectorCoder(encoding, codebook.quantizer(), codebook.centroids());
    byte[] records = new byte[CodeBlock.WIDTH * encoding.recordBytes(rows.dim())];
    byte[] block = new byte[layout.blockBytes(CodeBlock.WIDTH)];
    MemorySegment[] lists = new MemorySegment[codebook.nlist()];
    int nextTick = 0;
    for (int list = 0; list < lists.length; list++) {
      int size = starts[list + 1] - starts[list];
      MemorySegment bytes = arena.allocate(layout.listBytes(size), Long.BYTES);
      for (int at = 0; at < size; ) {
        if (starts[list] + at >= nextTick) {
          tick.tick((double) (starts[list] + at) / rowAt.length);
          nextTick += TICK_ROWS;
        }
        int width = CodeBlock.widthAt(at, size);
        int count = Math.min(width, size - at);
        int from = starts[list] + at;
        for (int i = 0; i < count; i++) {
          int to = i * encoding.recordBytes(rows.dim());
          coder.encode(rows.values(), rowAt[from + i] * rows.dim(), list, records, to);
        }
        layout.pack(rowAt, from, records, 0, count, width, block);
        long offset = layout.blockOffset(at, size);
        MemorySegment.copy(
            block, 0, bytes, ValueLayout.JAVA_BYTE, offset, layout.blockBytes(width));
        at += count;
      }
      lists[list] = bytes;
    }
    return new CodedLists(layout, starts, rowAt, lists);
  }

  private static int[] starts(int[] sizes) {
    int[] starts = new int[sizes.length + 1];
    for (int list = 0; list < sizes.length; list++) {
      starts[list + 1] = starts[list] + sizes[list];
    }
    return starts;
  }

  private static int[] rowsByList(int[] listOf, int[] starts) {
    int[] next = starts.clone();
    int[] rowAt = new int[listOf.length];
    for (int row = 0; row < listOf.length; row++) {
      rowAt[next[listOf[row]]++] = row;
    }
    return rowAt;
  }

  /**
   * Ranks some rows by approximate distance among all rows of all lists.
   *
   * @param bases [nlist] distance of the query to each centroid
   * @return for each of {@code rows} one more than the number of rows that score better
   */
  int[] ranks(QueryCode query, float[] bases, int[] rows) {
    score(query, bases);
    float[] thresholds = new float[rows.length];
    for (int i = 0; i < rows.length; i++) {
      thresholds[i] = scores[rows[i]];
    }
    Arrays.sort(thresholds);
    int[] below = countBelow(thresholds);
    int[] ranks = new int[rows.length];
    for (int i = 0; i < ranks.length; i++) {
      ranks[i] = 1 + below[Arrays.binarySearch(thresholds, scores[rows[i]])];
    }
    return ranks;
  }

  private void score(QueryCode query, float[] bases) {
    BlockScorer scorer = new BlockScorer(layout, query);
    float[] out = new float[CodeBlock.WIDTH];
    for (int list = 0; list < lists.length; list++) {
      int size = starts[list + 1] - starts[list];
      for (int at = 0; at < size; ) {
        int width = CodeBlock.widthAt(at, size);
        int count = Math.min(width, size - at);
        scorer.score(lists[list], layout.blockOffset(at, size), width, bases[list], out);
        for (int i = 0; i < count; i++) {
          scores[rowAt[starts[list] + at + i]] = out[i];
        }
        at += count;
      }
    }
  }

  /** Rows that score below each of some ascending thresholds. */
  private int[] countBelow(float[] thresholds) {
    int[] below = new int[thresholds.length];
    float last = thresholds[thresholds.length - 1];
    for (float score : scores) {
      if (score < last) {
        int at = Arrays.binarySearch(thresholds, score);
        int first = at >= 0 ? at + 1 : -at - 1;
        while (thresholds[first] == score) {
          first++;
        }
        below[first]++;
      }
    }
    for (int i = 1; i < below.length; i++) {
      below[i] += below[i - 1];
    }
    return below;
  }
}
