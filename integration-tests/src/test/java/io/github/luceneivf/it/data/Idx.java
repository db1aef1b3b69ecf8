package io.github.luceneivf.it.data;

import io.github.luceneivf.clustering.FloatMatrix;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The gzipped files of MNIST and its relatives (Y. LeCun, C. Cortes, C. Burges: The MNIST database
 * of handwritten digits): big-endian magic number and sizes, then unsigned bytes.
 */
public final class Idx {

  private static final int MAGIC_LABELS = 2049;
  private static final int MAGIC_IMAGES = 2051;

  private Idx() {}

  /**
   * Reads an idx3 file as a matrix [images × (height · width)] of values 0 to 255.
   *
   * @throws IOException if it is not an idx3 file or too short
   */
  public static FloatMatrix images(Path file) throws IOException {
    try (DataInputStream in = new DataInputStream(GzipBytes.open(file))) {
      check(file, "magic number", MAGIC_IMAGES, in.readInt());
      int rows = in.readInt();
      int dim = Math.multiplyExact(in.readInt(), in.readInt());
      float[] values = new float[Math.multiplyExact(rows, dim)];
      byte[] image = new byte[dim];
      for (int row = 0; row < rows; row++) {
        in.readFully(image);
        for (int i = 0; i < dim; i++) {
          values[row * dim + i] = Byte.toUnsignedInt(image[i]);
        }
      }
      check(file, "byte after the last image", -1, in.read());
      return new FloatMatrix(values, rows, dim);
    }
  }

  /**
   * Reads an idx1 file as labels 0 to 255.
   *
   * @throws IOException if it is not an idx1 file or too short
   */
  public static int[] labels(Path file) throws IOException {
    try (DataInputStream in = new DataInputStream(GzipBytes.open(file))) {
      check(file, "magic number", MAGIC_LABELS, in.readInt());
      int[] labels = new int[in.readInt()];
      for (int i = 0; i < labels.length; i++) {
        labels[i] = in.readUnsignedByte();
      }
      return labels;
    }
  }

  private static void check(Path file, String what, int expected, int got) throws IOException {
    if (expected != got) {
      throw new IOException(file + ": " + what + ": expected " + expected + ", got: " + got);
    }
  }
}
