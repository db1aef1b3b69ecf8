package io.github.luceneivf.it.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Rows of little-endian float32, each after its length as int32. */
public final class Fvecs {

  private Fvecs() {}

  /**
   * Reads all rows.
   *
   * @throws IOException if a row is cut off or has a negative length
   */
  public static float[][] read(Path file) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    List<float[]> rows = new ArrayList<>();
    while (buffer.hasRemaining()) {
      float[] row = new float[Ivecs.nextLength(buffer, file)];
      for (int i = 0; i < row.length; i++) {
        row[i] = buffer.getFloat();
      }
      rows.add(row);
    }
    return rows.toArray(float[][]::new);
  }
}
