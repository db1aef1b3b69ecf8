// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.file;

import io.github.luceneivf.quantization.CodeBlock;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.MemorySegmentAccessInput;
import org.jspecify.annotations.Nullable;

/**
 * The posting lists of a field, in {@code .ivp} or in memory. Mapped files are read where they lie;
 * other directories are copied list by list. Thread-safe; the memory of a list belongs to the
 * {@link Cursor} that gave it.
 */
public final class PostingLists {

  private final String name;
  private final CodeBlock layout;
  private final int[] sizes;
  private final long[] offsets;
  private final long entries;
  private final @Nullable IndexInput file;
  private final long start;
  private final @Nullable MemorySegment mapped;

  /**
   * Opens the lists of a field; {@code file} stays with the caller.
   *
   * @param sizes [nlist] entries of each list, shared
   * @throws IOException if they do not lie in the file
   */
  public PostingLists(IndexInput file, Extent extent, CodeBlock layout, int[] sizes)
      throws IOException {
    extent.checkIn(file, "posting lists");
    this.name = file.toString();
    this.layout = layout;
    this.sizes = sizes;
    this.offsets = offsets(layout, sizes);
    this.entries = ListsMeta.entries(sizes);
    this.file = file;
    this.start = extent.offset();
    this.mapped =
        file instanceof MemorySegmentAccessInput access
            ? access.segmentSliceOrNull(extent.offset(), extent.length())
            : null;
  }

  /**
   * Takes lists that lie in memory, at {@link #offsets}.
   *
   * @param name for messages
   * @param sizes [nlist] entries of each list, shared
   */
  public PostingLists(String name, MemorySegment memory, CodeBlock layout, int[] sizes) {
    this.name = name;
    this.layout = layout;
    this.sizes = sizes;
    this.offsets = offsets(layout, sizes);
    this.entries = ListsMeta.entries(sizes);
    this.file = null;
    this.start = 0;
    this.mapped = memory;
  }

  /** Returns where each list begins, and last where all end: [nlist + 1], in bytes. */
  public static long[] offsets(CodeBlock layout, int[] sizes) {
    long[] offsets = new long[sizes.length + 1];
    for (int list = 0; list < sizes.length; list++) {
      long end = offsets[list] + layout.listBytes(sizes[list]);
      offsets[list + 1] = (end + IvfFiles.ALIGNMENT - 1) & -IvfFiles.ALIGNMENT;
    }
    return offsets;
  }

  /** Returns the layout of blocks. */
  public CodeBlock layout() {
    return layout;
  }

  /** Returns the number of lists. */
  public int nlist() {
    return sizes.length;
  }

  /** Returns the entries of all lists: one of each vector, and a second one of some. */
  public long entries() {
    return entries;
  }

  /** Returns the entries of a list. */
  public int size(int list) {
    return sizes[list];
  }

  /** Returns the file that holds the lists, or what they are, for messages. */
  public String name() {
    return name;
  }

  /**
   * Checks an ordinal that was read from a list.
   *
   * @param vectors in all lists
   * @return the ordinal
   */
  public int checkOrd(int ord, int vectors) throws CorruptIndexException {
    if (ord < 0 || ord >= vectors) {
      throw new CorruptIndexException(
          "posting list: expected an ordinal in [0, " + vectors + "), got: " + ord, name);
    }
    return ord;
  }

  /** Returns whether the memory of the lists can still be read: the reader is not closed. */
  public boolean isOpen() {
    return mapped == null || mapped.scope().isAlive();
  }

  /**
   * Says that a list will be read soon, so that its pages are read at once and not one by one.
   * Cheap where they are in memory.
   */
  public void prefetch(int list) throws IOException {
    if (mapped != null && file != null && sizes[list] > 0) {
      file.prefetch(start + offsets[list], layout.listBytes(sizes[list]));
    }
  }

  /** Returns a cursor; one per search. */
  public Cursor cursor() {
    return new Cursor();
  }

  /** The list under the cursor. Not thread-safe; one per search. */
  public final class Cursor {
    private final @Nullable IndexInput input = mapped == null && file != null ? file.clone() : null;
    private @Nullable MemorySegment memory = mapped;
    private byte[] copy = new byte[0];
    private long base;
    private int size;

    private Cursor() {}

    /**
     * Moves to a list.
     *
     * @throws IOException if it cannot be read
     */
    public void moveTo(int list) throws IOException {
      size = sizes[list];
      if (input == null) {
        base = offsets[list];
        return;
      }
      int length = Math.toIntExact(layout.listBytes(size));
      if (copy.length < length || memory == null) {
        copy = new byte[length];
        memory = MemorySegment.ofArray(copy);
      }
      input.seek(start + offsets[list]);
      input.readBytes(copy, 0, length);
      base = 0;
    }

    /** Returns the memory that holds the list; valid until the next move. */
    public MemorySegment memory() {
      if (memory == null) {
        throw new IllegalStateException("moveTo must be called first");
      }
      return memory;
    }

    /** Returns where in {@link #memory()} the list begins, in bytes. */
    public long base() {
      return base;
    }

    /** Returns where in {@link #memory()} the block begins that holds a position of the list. */
    public long block(int position) {
      return base + layout.blockOffset(position, size);
    }

    /** Reads an ordinal, as it is stored: whoever uses it checks it. */
    public int ord(int position) {
      return layout.ord(memory(), block(position), CodeBlock.laneAt(position, size));
    }

    /**
     * Reads a record.
     *
     * @param to receives {@code recordBytes} bytes from {@code offset}
     */
    public void record(int position, byte[] to, int offset) {
      int width = CodeBlock.widthAt(position, size);
      int lane = CodeBlock.laneAt(position, size);
      layout.unpack(memory(), block(position), width, lane, to, offset);
    }

    /** Returns a position of the list and those that follow in its block. */
    public CodeBlock.Lanes lanes(int position) {
      int width = CodeBlock.widthAt(position, size);
      int lane = CodeBlock.laneAt(position, size);
      return new CodeBlock.Lanes(layout, memory(), block(position), width, lane);
    }
  }
}
