package io.github.luceneivf.it.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Rows of little-endian int32, each after its length: the format of the TEXMEX collections. */
public final class Ivecs {

  private Ivecs() {}

  /**
   * Reads all rows.
   *
   * @throws IOException if a row is cut off or has a negative length
   */
  public static int[][] read(Path file) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    List<int[]> rows = new ArrayList<>();
    while (buffer.hasRemaining()) {
      int[] row = new int[nextLength(buffer, file)];
      for (int i = 0; i < row.length; i++) {
        row[i] = buffer.getInt();
      }
      rows.add(row);
    }
    return rows.toArray(int[][]::new);
  }

  /** Returns the length of the row at the buffer's position, in values of 4 bytes. */
  static int nextLength(ByteBuffer buffer, Path file) throws IOException {
    int position = buffer.position();
    int length = buffer.remaining() < Integer.BYTES ? -1 : buffer.getInt();
    if (length < 0 || length > buffer.remaining() / Integer.BYTES) {
      throw new IOException(
          file + ": expected a whole row at byte " + position + ", got length: " + length);
    }
    return length;
  }
}
