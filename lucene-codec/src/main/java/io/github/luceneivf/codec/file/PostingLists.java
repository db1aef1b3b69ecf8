package io.github.luceneivf.codec.file;

import io.github.luceneivf.quantization.CodeBlock;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.MemorySegmentAccessInput;
import org.jspecify.annotations.Nullable;

/**
 * The posting lists of a field in {@code .ivp}. Mapped files are read where they lie; other
 * directories are copied list by list. Thread-safe; the memory of a list belongs to the {@link
 * Cursor} that gave it.
 */
public final class PostingLists {

  private final IndexInput file;
  private final Extent extent;
  private final CodeBlock layout;
  private final int[] sizes;
  private final long[] offsets;
  private final @Nullable MemorySegment mapped;

  /**
   * Opens the lists of a field; {@code file} stays with the caller.
   *
   * @param sizes [nlist] vectors in each list, shared
   * @throws IOException if they do not lie in the file
   */
  public PostingLists(IndexInput file, Extent extent, CodeBlock layout, int[] sizes)
      throws IOException {
    extent.checkIn(file, "posting lists");
    this.file = file;
    this.extent = extent;
    this.layout = layout;
    this.sizes = sizes;
    this.offsets = offsets(layout, sizes);
    this.mapped =
        file instanceof MemorySegmentAccessInput access
            ? access.segmentSliceOrNull(extent.offset(), extent.length())
            : null;
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

  /** Returns the vectors in a list. */
  public int size(int list) {
    return sizes[list];
  }

  /** Returns the file that holds the lists, for messages. */
  public String name() {
    return file.toString();
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
    if (mapped != null && sizes[list] > 0) {
      file.prefetch(extent.offset() + offsets[list], layout.listBytes(sizes[list]));
    }
  }

  /** Returns a cursor; one per search. */
  public Cursor cursor() {
    return new Cursor();
  }

  /** The list under the cursor. Not thread-safe; one per search. */
  public final class Cursor {
    private final @Nullable IndexInput input = mapped == null ? file.clone() : null;
    private byte[] copy = new byte[0];
    private @Nullable MemorySegment copied;
    private long base;

    private Cursor() {}

    /**
     * Moves to a list.
     *
     * @throws IOException if it cannot be read
     */
    public void moveTo(int list) throws IOException {
      if (input == null) {
        base = offsets[list];
        return;
      }
      int length = Math.toIntExact(layout.listBytes(sizes[list]));
      if (copy.length < length || copied == null) {
        copy = new byte[length];
        copied = MemorySegment.ofArray(copy);
      }
      input.seek(extent.offset() + offsets[list]);
      input.readBytes(copy, 0, length);
      base = 0;
    }

    /** Returns the memory that holds the list; valid until the next move. */
    public MemorySegment memory() {
      if (mapped != null) {
        return mapped;
      }
      if (copied == null) {
        throw new IllegalStateException("moveTo must be called first");
      }
      return copied;
    }

    /** Returns where in {@link #memory()} the list begins, in bytes. */
    public long base() {
      return base;
    }
  }
}
