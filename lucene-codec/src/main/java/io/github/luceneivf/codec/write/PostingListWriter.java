package io.github.luceneivf.codec.write;

import io.github.luceneivf.codebook.AbortCheck;
import io.github.luceneivf.codec.file.Extent;
import io.github.luceneivf.codec.file.IvfFiles;
import io.github.luceneivf.codec.file.Ordinals;
import io.github.luceneivf.quantization.CodeBlock;
import java.io.IOException;
import org.apache.lucene.store.IndexOutput;

/**
 * Turns staged codes, which lie in ordinal order, into posting lists. Lists are written in runs
 * whose ordinals fit a budget: each run reads the list numbers once and gathers its own. Confined
 * to one thread.
 */
final class PostingListWriter {

  private final StagedCodes codes;
  private final CodeBlock layout;
  private final int[] sizes;
  private final AbortCheck abort;
  private final byte[] block;
  private final byte[] records;

  private PostingListWriter(StagedCodes codes, CodeBlock layout, int[] sizes, AbortCheck abort) {
    this.codes = codes;
    this.layout = layout;
    this.sizes = sizes;
    this.abort = abort;
    this.block = new byte[layout.blockBytes(CodeBlock.WIDTH)];
    this.records = new byte[CodeBlock.WIDTH * codes.recordBytes()];
  }

  /** Counts the vectors of each list. */
  static int[] sizes(StagedCodes codes, int nlist) throws IOException {
    int[] sizes = new int[nlist];
    codes.forEachList((_, batch, lists) -> {
      for (int i = 0; i < batch; i++) {
        sizes[lists[i]]++;
      }
    });
    return sizes;
  }

  /**
   * Writes {@code .ivp} of a field.
   *
   * @param maxOrds ordinals gathered at a time, at least 1; a longer list still is gathered whole
   * @return where the lists are
   */
  static Extent writePostings(
      StagedCodes codes, CodeBlock layout, int[] sizes, int maxOrds, Output output)
      throws IOException {
    PostingListWriter writer = new PostingListWriter(codes, layout, sizes, output.abort());
    long start = output.file().alignFilePointer(IvfFiles.ALIGNMENT);
    for (int from = 0; from < sizes.length; ) {
      int to = from;
      long ords = 0;
      while (to < sizes.length && (to == from || ords + sizes[to] <= maxOrds)) {
        ords += sizes[to++];
      }
      writer.writeRun(from, to, Math.toIntExact(ords), output.file());
      from = to;
    }
    return new Extent(start, output.file().getFilePointer() - start);
  }

  /** Writes {@code .ivo} of a field and returns where it is. */
  static Extent writeOrdinals(StagedCodes codes, int[] sizes, IndexOutput out) throws IOException {
    long start = out.alignFilePointer(Long.BYTES);
    Ordinals.Writer writer = new Ordinals.Writer(out, codes.count(), sizes);
    codes.forEachList((_, batch, lists) -> {
      for (int i = 0; i < batch; i++) {
        writer.add(lists[i]);
      }
    });
    writer.finish();
    return new Extent(start, out.getFilePointer() - start);
  }

  /** Lists [from, to): {@code count} vectors in all. */
  private void writeRun(int from, int to, int count, IndexOutput out) throws IOException {
    int[] ords = new int[count];
    int[] next = new int[to - from];
    for (int list = from + 1; list < to; list++) {
      next[list - from] = next[list - 1 - from] + sizes[list - 1];
    }
    codes.forEachList((firstOrd, batch, lists) -> {
      for (int i = 0; i < batch; i++) {
        if (lists[i] >= from && lists[i] < to) {
          ords[next[lists[i] - from]++] = firstOrd + i;
        }
      }
    });
    int start = 0;
    for (int list = from; list < to; list++) {
      abort.check();
      writeList(ords, start, sizes[list], out);
      start += sizes[list];
      out.alignFilePointer(IvfFiles.ALIGNMENT);
    }
  }

  private void writeList(int[] ords, int start, int size, IndexOutput out) throws IOException {
    for (int at = 0; at < size; ) {
      int width = CodeBlock.widthAt(at, size);
      int count = Math.min(width, size - at);
      for (int i = 0; i < count; i++) {
        codes.record(ords[start + at + i], records, i * codes.recordBytes());
      }
      layout.pack(ords, start + at, records, 0, count, width, block);
      out.writeBytes(block, layout.blockBytes(width));
      at += count;
    }
  }

  /** Where to write and whether to go on. */
  record Output(IndexOutput file, AbortCheck abort) {}
}
