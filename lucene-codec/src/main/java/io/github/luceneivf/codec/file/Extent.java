// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.file;

import java.io.IOException;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.store.DataInput;
import org.apache.lucene.store.DataOutput;
import org.apache.lucene.store.IndexInput;

/**
 * A range of bytes of a file.
 *
 * @param offset first byte
 * @param length bytes
 */
public record Extent(long offset, long length) {

  /** Nothing. */
  public static final Extent NONE = new Extent(0, 0);

  void write(DataOutput out) throws IOException {
    out.writeVLong(offset);
    out.writeVLong(length);
  }

  static Extent read(DataInput in) throws IOException {
    return new Extent(in.readVLong(), in.readVLong());
  }

  /**
   * Checks that the range lies in a file.
   *
   * @throws CorruptIndexException if it does not
   */
  public void checkIn(IndexInput file, String what) throws CorruptIndexException {
    if (offset < 0 || length < 0 || offset > file.length() - length) {
      throw new CorruptIndexException(
          what + ": expected a range in [0, " + file.length() + "], got: " + this, file);
    }
  }

  /**
   * Reads the range into an array.
   *
   * @throws CorruptIndexException if it does not lie in the file or is longer than an array
   */
  public byte[] readFully(IndexInput file, String what) throws IOException {
    checkIn(file, what);
    if (length > Integer.MAX_VALUE - 8) {
      throw new CorruptIndexException(what + ": too long for memory, got: " + length, file);
    }
    byte[] bytes = new byte[(int) length];
    IndexInput slice = file.slice(what, offset, length);
    slice.readBytes(bytes, 0, bytes.length);
    return bytes;
  }
}
