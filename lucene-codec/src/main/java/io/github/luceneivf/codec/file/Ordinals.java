// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.file;

import java.io.IOException;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.util.LongValues;
import org.apache.lucene.util.packed.DirectReader;
import org.apache.lucene.util.packed.DirectWriter;

/**
 * Ordinal → (list, position) of a vector's own list, in {@code .ivo}. Not thread-safe; one per
 * user.
 */
public final class Ordinals {

  private final LongValues entries;
  private final int positionBits;

  /**
   * Opens the ordinals of a field.
   *
   * @throws IOException if they do not lie in the file
   */
  public Ordinals(IndexInput file, ListsMeta lists) throws IOException {
    Extent extent = lists.places().ordinals();
    extent.checkIn(file, "ordinals");
    this.entries =
        DirectReader.getInstance(
            file.randomAccessSlice(extent.offset(), extent.length()),
            ListsMeta.entryBits(lists.sizes()));
    this.positionBits = ListsMeta.positionBits(lists.sizes());
  }

  /** Returns the list of a vector. */
  public int list(int ord) {
    return (int) (entries.get(ord) >>> positionBits);
  }

  /** Returns the position of a vector in its list. */
  public int position(int ord) {
    return (int) (entries.get(ord) & ((1L << positionBits) - 1));
  }

  /** Writes ordinals in ascending order. */
  public static final class Writer {
    private final DirectWriter writer;
    private final int positionBits;
    private final int[] next;

    /** Creates a writer of {@code vectors} ordinals of lists of these sizes. */
    public Writer(IndexOutput out, long vectors, int[] sizes) {
      this.writer = DirectWriter.getInstance(out, vectors, ListsMeta.entryBits(sizes));
      this.positionBits = ListsMeta.positionBits(sizes);
      this.next = new int[sizes.length];
    }

    /**
     * Adds the next ordinal, which takes the next position of its list.
     *
     * @param second other list that it takes the next position of; −1 for none
     * @throws IOException if writing fails
     */
    public void add(int list, int second) throws IOException {
      writer.add(((long) list << positionBits) | next[list]++);
      if (second >= 0) {
        next[second]++;
      }
    }

    /**
     * Ends the ordinals.
     *
     * @throws IOException if writing fails
     */
    public void finish() throws IOException {
      writer.finish();
    }
  }
}
