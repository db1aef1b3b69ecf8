// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it.fuzz;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.lucene.store.ByteBuffersDataInput;
import org.apache.lucene.store.ByteBuffersIndexInput;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FilterDirectory;
import org.apache.lucene.store.FilterIndexInput;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.MemorySegmentAccessInput;
import org.apache.lucene.store.RandomAccessInput;

/**
 * A directory some of whose files are arrays. They are read as files are, or where they lie, as
 * mapped files are. Not thread-safe.
 */
final class BytesDirectory extends FilterDirectory {

  private final Map<String, byte[]> arrays = new HashMap<>();
  private final boolean mapped;

  /**
   * Creates a directory of the files of another one.
   *
   * @param mapped whether arrays can be read where they lie
   */
  BytesDirectory(Directory others, boolean mapped) {
    super(others);
    this.mapped = mapped;
  }

  /** Puts an array in the place of a file. */
  BytesDirectory with(String file, byte[] bytes) {
    arrays.put(file, bytes);
    return this;
  }

  @Override
  public IndexInput openInput(String name, IOContext context) throws IOException {
    byte[] bytes = arrays.get(name);
    if (bytes == null) {
      return super.openInput(name, context);
    }
    ByteBuffersIndexInput input =
        new ByteBuffersIndexInput(
            new ByteBuffersDataInput(List.of(ByteBuffer.wrap(bytes).asReadOnlyBuffer())), name);
    return mapped ? new Mapped(input, MemorySegment.ofArray(bytes)) : input;
  }

  /** A file whose memory can be had. */
  private static final class Mapped extends FilterIndexInput implements MemorySegmentAccessInput {
    private final ByteBuffersIndexInput input;
    private final MemorySegment memory;

    Mapped(ByteBuffersIndexInput input, MemorySegment memory) {
      super(input.toString(), input);
      this.input = input;
      this.memory = memory;
    }

    @Override
    public MemorySegment segmentSliceOrNull(long position, long length) {
      return memory.asSlice(position, length);
    }

    @Override
    public RandomAccessInput randomAccessSlice(long offset, long length) throws IOException {
      return input.randomAccessSlice(offset, length);
    }

    @Override
    public byte readByte(long position) throws IOException {
      return input.readByte(position);
    }

    @Override
    public short readShort(long position) throws IOException {
      return input.readShort(position);
    }

    @Override
    public int readInt(long position) throws IOException {
      return input.readInt(position);
    }

    @Override
    public long readLong(long position) throws IOException {
      return input.readLong(position);
    }

    @Override
    public Mapped clone() {
      return new Mapped((ByteBuffersIndexInput) input.clone(), memory);
    }
  }
}
