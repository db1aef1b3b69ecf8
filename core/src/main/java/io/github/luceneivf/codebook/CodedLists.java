// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codebook;

import io.github.luceneivf.clustering.Assignment;
import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.Workers;
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

/** Coded vectors in lists, in memory, as a segment would hold them. Immutable, thread-safe. */
final class CodedLists {

  private static final int LISTS_PER_RANGE = 4;

  private final CodeBlock layout;
  private final int[] starts;
  private final int[] placeOf;
  private final int[] copyOf;
  private final MemorySegment[] lists;

  private CodedLists(
      CodeBlock layout, int[] starts, int[] placeOf, int[] copyOf, MemorySegment[] lists) {
    this.layout = layout;
    this.starts = starts;
    this.placeOf = placeOf;
    this.copyOf = copyOf;
    this.lists = lists;
  }

  /**
   * Codes the rows of an assignment.
   *
   * @param spilled second lists of rows that are in two
   * @param arena lifetime of the codes, shared if there are several workers. Native memory, because
   *     vector loads from byte arrays are boxed unless native ones were seen before
   */
  static CodedLists of(
      Codebook codebook,
      Encoding encoding,
      FloatMatrix rows,
      Assignment assignment,
      SpilledRows spilled,
      Arena arena,
      Workers workers,
      Workers.Tick tick)
      throws IOException {
    CodeBlock layout =
        new CodeBlock(encoding, rows.dim(), CodeBlock.ordBytesFor(Math.max(rows.rows(), 1)));
    int[] starts = starts(assignment.sizes(), spilled.lists());
    int[] next = starts.clone();
    int[] placeOf = places(assignment.lists(), next);
    int[] copyOf = places(spilled.lists(), next);
    int[] rowAt = new int[starts[starts.length - 1]];
    for (int row = 0; row < placeOf.length; row++) {
      rowAt[placeOf[row]] = row;
      if (copyOf[row] >= 0) {
        rowAt[copyOf[row]] = row;
      }
    }
    MemorySegment[] lists = new MemorySegment[codebook.nlist()];
    ListCoder[] coders = new ListCoder[workers.count()];
    workers.run(
        lists.length,
        LISTS_PER_RANGE,
        (worker, from, to) -> {
          if (coders[worker] == null) {
            coders[worker] = new ListCoder(codebook, encoding, layout);
          }
          for (int list = from; list < to; list++) {
            int size = starts[list + 1] - starts[list];
            lists[list] = arena.allocate(layout.listBytes(size), Long.BYTES);
            coders[worker].code(rows, rowAt, starts[list], size, list, lists[list]);
          }
        },
        tick);
    return new CodedLists(layout, starts, placeOf, copyOf, lists);
  }

  private static int[] starts(int[] sizes, int[] second) {
    int[] starts = new int[sizes.length + 1];
    for (int list : second) {
      if (list >= 0) {
        starts[list + 1]++;
      }
    }
    for (int list = 0; list < sizes.length; list++) {
      starts[list + 1] += starts[list] + sizes[list];
    }
    return starts;
  }

  /**
   * Where each row is when all lists lie one after the other; −1 where it is in none.
   *
   * @param next [nlist] next place of each list, moved on
   */
  private static int[] places(int[] listOf, int[] next) {
    int[] placeOf = new int[listOf.length];
    for (int row = 0; row < listOf.length; row++) {
      placeOf[row] = listOf[row] < 0 ? -1 : next[listOf[row]]++;
    }
    return placeOf;
  }

  /** Returns the entries of all lists. */
  int entries() {
    return starts[starts.length - 1];
  }

  /** Codes lists; one per worker. */
  private static final class ListCoder {
    private final CodeBlock layout;
    private final VectorCoder coder;
    private final float[] vectors;
    private final int[] lists = new int[CodeBlock.WIDTH];
    private final byte[] records;
    private final byte[] block;

    ListCoder(Codebook codebook, Encoding encoding, CodeBlock layout) {
      this.layout = layout;
      this.coder = new VectorCoder(encoding, codebook.quantizer(), codebook.centroids());
      this.vectors = new float[CodeBlock.WIDTH * codebook.dim()];
      this.records = new byte[CodeBlock.WIDTH * encoding.recordBytes(codebook.dim())];
      this.block = new byte[layout.blockBytes(CodeBlock.WIDTH)];
    }

    void code(FloatMatrix rows, int[] rowAt, int start, int size, int list, MemorySegment out) {
      for (int at = 0; at < size; ) {
        int width = CodeBlock.widthAt(at, size);
        int count = Math.min(width, size - at);
        int from = start + at;
        int dim = rows.dim();
        for (int i = 0; i < count; i++) {
          System.arraycopy(rows.values(), rowAt[from + i] * dim, vectors, i * dim, dim);
        }
        Arrays.fill(lists, list);
        coder.encode(vectors, 0, count, lists, 0, records, 0);
        layout.pack(rowAt, from, records, 0, count, width, block);
        long offset = layout.blockOffset(at, size);
        MemorySegment.copy(block, 0, out, ValueLayout.JAVA_BYTE, offset, layout.blockBytes(width));
        at += count;
      }
    }
  }

  /**
   * Ranks some rows by approximate distance among all rows of all lists.
   *
   * @param bases [nlist] distance of the query to each centroid
   * @param scores [entries] overwritten
   * @return for each of {@code rows} one more than the number of entries that score better than the
   *     better one of its own
   */
  int[] ranks(QueryCode query, float[] bases, int[] rows, float[] scores) {
    score(query, bases, scores);
    float[] thresholds = new float[rows.length];
    for (int i = 0; i < rows.length; i++) {
      thresholds[i] = score(rows[i], scores);
    }
    Arrays.sort(thresholds);
    int[] below = countBelow(scores, thresholds);
    int[] ranks = new int[rows.length];
    for (int i = 0; i < ranks.length; i++) {
      ranks[i] = 1 + below[Arrays.binarySearch(thresholds, score(rows[i], scores))];
    }
    return ranks;
  }

  private float score(int row, float[] scores) {
    float own = scores[placeOf[row]];
    return copyOf[row] < 0 ? own : Math.min(own, scores[copyOf[row]]);
  }

  private void score(QueryCode query, float[] bases, float[] scores) {
    BlockScorer scorer = new BlockScorer(layout, query);
    float[] out = new float[CodeBlock.WIDTH];
    for (int list = 0; list < lists.length; list++) {
      int size = starts[list + 1] - starts[list];
      for (int at = 0; at < size; ) {
        int width = CodeBlock.widthAt(at, size);
        int count = Math.min(width, size - at);
        scorer.score(lists[list], layout.blockOffset(at, size), width, bases[list], out, 0);
        System.arraycopy(out, 0, scores, starts[list] + at, count);
        at += count;
      }
    }
  }

  /** Places that score below each of some ascending thresholds. */
  private int[] countBelow(float[] scores, float[] thresholds) {
    int[] below = new int[thresholds.length];
    float last = thresholds[thresholds.length - 1];
    for (int place = 0; place < entries(); place++) {
      float score = scores[place];
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
