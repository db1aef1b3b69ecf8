package io.github.luceneivf.it.data;

import io.github.luceneivf.clustering.FloatMatrix;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/** Gzipped rows of little-endian IEEE 754 half precision numbers, without a header. */
public final class Float16Gz {

  private Float16Gz() {}

  /**
   * Reads a file as a matrix [n × dim].
   *
   * @throws IOException if the file does not hold whole rows
   */
  public static FloatMatrix read(Path file, int dim) throws IOException {
    byte[] bytes = GzipBytes.read(file);
    int rows = bytes.length / (Short.BYTES * dim);
    if (rows * dim * Short.BYTES != bytes.length) {
      throw new IOException(
          file + ": expected whole rows of " + dim * Short.BYTES + " bytes, got: " + bytes.length);
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    float[] values = new float[rows * dim];
    for (int i = 0; i < values.length; i++) {
      values[i] = Float.float16ToFloat(buffer.getShort());
    }
    return new FloatMatrix(values, rows, dim);
  }

  /**
   * Reads a file as a matrix [n × dim] and scales each row to unit length; the rows had it before
   * they were rounded. A row of zeros stays.
   *
   * @throws IOException if the file does not hold whole rows
   */
  public static FloatMatrix readUnit(Path file, int dim) throws IOException {
    FloatMatrix matrix = read(file, dim);
    float[] values = matrix.values();
    for (int from = 0; from < values.length; from += dim) {
      double squares = 0;
      for (int i = from; i < from + dim; i++) {
        squares += (double) values[i] * values[i];
      }
      double scale = squares == 0 ? 0 : 1 / Math.sqrt(squares);
      for (int i = from; i < from + dim; i++) {
        values[i] = (float) (values[i] * scale);
      }
    }
    return matrix;
  }
}
