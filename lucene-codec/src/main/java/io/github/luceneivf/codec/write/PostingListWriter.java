// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.write;

import io.github.luceneivf.codebook.AbortCheck;
import io.github.luceneivf.codec.file.Extent;
import io.github.luceneivf.codec.file.IvfFiles;
import io.github.luceneivf.codec.file.Ordinals;
import io.github.luceneivf.quantization.CodeBlock;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.apache.lucene.store.IndexOutput;

/**
 * Puts posting lists together from their sources, and the way from ordinals to them. The list
 * numbers of ordinals are kept in windows that fit a budget: one where everything fits, otherwise
 * the sources are read once per window. Confined to one thread.
 */
final class PostingListWriter {

  private static final int NO_LIST = -1;

  /** Ordinals written until it is asked again whether to go on; a power of two. */
  private static final int STRETCH = 1 << 14;

  private final CodeBlock layout;
  private final int vectors;
  private final AbortCheck abort;
  private final ListEntries entries = new ListEntries();
  private final int recordBytes;
  private final byte[] block;
  private final byte[] records;
  private final int[] sizes;
  private final int[] window;
  private final int[] secondWindow;
  private int windowStart;

  /**
   * Creates a writer.
   *
   * @param nlist number of lists
   * @param vectors vectors in all of them
   * @param spills whether vectors may be in two lists
   * @param maxOrds ordinals whose lists are kept at a time, at least 1
   */
  PostingListWriter(
      CodeBlock layout, int nlist, int vectors, boolean spills, int maxOrds, AbortCheck abort) {
    this.layout = layout;
    this.vectors = vectors;
    this.abort = abort;
    this.recordBytes = layout.encoding().recordBytes(layout.dim());
    this.block = new byte[layout.blockBytes(CodeBlock.WIDTH)];
    this.records = new byte[CodeBlock.WIDTH * recordBytes];
    this.sizes = new int[nlist];
    this.window = new int[Math.max(1, Math.min(maxOrds, vectors))];
    this.secondWindow = new int[spills ? window.length : 0];
  }

  /**
   * Writes {@code .ivp} of a field and returns where the lists are.
   *
   * @param sources together they have each ordinal once, and some a second time, in another list
   */
  Extent writePostings(List<EntrySource> sources, IndexOutput out) throws IOException {
    long start = out.alignFilePointer(IvfFiles.ALIGNMENT);
    long written = 0;
    openWindow(0, sources);
    for (int list = 0; list < sizes.length; list++) {
      gather(list, sources);
      sizes[list] = entries.size();
      written += entries.size();
      writeList(sources, out);
      out.alignFilePointer(IvfFiles.ALIGNMENT);
    }
    long most = secondWindow.length == 0 ? vectors : 2L * vectors;
    if (written < vectors || written > most) {
      throw new IllegalStateException(
          "the lists must hold all " + vectors + " vectors, got: " + written);
    }
    return new Extent(start, out.getFilePointer() - start);
  }

  /** Returns the entries of each list [nlist], shared, once the lists are written. */
  int[] sizes() {
    return sizes;
  }

  /** Writes {@code .ivo} of a field, after {@code .ivp}, and returns where it is. */
  Extent writeOrdinals(List<EntrySource> sources, IndexOutput out) throws IOException {
    long start = out.alignFilePointer(Long.BYTES);
    Ordinals.Writer writer = new Ordinals.Writer(out, vectors, sizes);
    for (int from = 0; from < vectors; from += window.length) {
      if (from != windowStart) {
        openWindow(from, sources);
        for (int list = 0; list < sizes.length; list++) {
          gather(list, sources);
        }
      }
      int count = Math.min(window.length, vectors - from);
      for (int i = 0; i < count; i++) {
        if ((i & (STRETCH - 1)) == 0) {
          abort.check();
        }
        if (window[i] == NO_LIST) {
          throw new IllegalStateException("ordinal " + (from + i) + " is in no list");
        }
        writer.add(window[i], secondWindow.length == 0 ? NO_LIST : secondWindow[i]);
      }
    }
    writer.finish();
    return new Extent(start, out.getFilePointer() - start);
  }

  private void openWindow(int start, List<EntrySource> sources) {
    windowStart = start;
    Arrays.fill(window, NO_LIST);
    Arrays.fill(secondWindow, NO_LIST);
    sources.forEach(EntrySource::rewind);
  }

  private void gather(int list, List<EntrySource> sources) throws IOException {
    abort.check();
    entries.clear();
    for (int source = 0; source < sources.size(); source++) {
      sources.get(source).gather(list, source, entries);
    }
    entries.sort();
    int[] ords = entries.ords();
    for (int i = 0; i < entries.size(); i++) {
      int at = ords[i] - windowStart;
      if (at >= 0 && at < window.length) {
        boolean second =
            secondWindow.length > 0 && sources.get(entries.source(i)).isSecond(entries.place(i));
        int[] lists = second ? secondWindow : window;
        if (lists[at] != NO_LIST || (i > 0 && ords[i - 1] == ords[i])) {
          throw new IllegalStateException("ordinal " + ords[i] + " is in too many lists");
        }
        lists[at] = list;
      }
    }
  }

  private void writeList(List<EntrySource> sources, IndexOutput out) throws IOException {
    int size = entries.size();
    for (int at = 0; at < size; ) {
      int width = CodeBlock.widthAt(at, size);
      int count = Math.min(width, size - at);
      for (int i = 0; i < count; i++) {
        EntrySource source = sources.get(entries.source(at + i));
        source.record(entries.place(at + i), records, i * recordBytes);
      }
      layout.pack(entries.ords(), at, records, 0, count, width, block);
      out.writeBytes(block, layout.blockBytes(width));
      abort.check();
      at += count;
    }
  }
}
