// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * A large set made from real images: descriptors of patches at 25 places of each image of
 * Fashion-MNIST, in an order that the seed decides. The base comes from the training images, the
 * queries from the test images.
 *
 * @param rows vectors of the base, at most as many as there are patches that are not flat
 * @param queryCount queries
 * @param seed of the order
 * @param images folder of Fashion-MNIST
 */
record PatchRecipe(int rows, int queryCount, long seed, Path images) implements Recipe {

  private static final int IMAGE_SIDE = 28;

  /** Places along a side of the image. */
  private static final int PLACES = 5;

  private static final int APART = (IMAGE_SIDE - PatchDescriptor.SIDE) / (PLACES - 1);
  private static final int BATCH = 1 << 14;

  PatchRecipe {
    if (rows < 1 || queryCount < 1) {
      throw new IllegalArgumentException(
          "rows and queries must be at least 1, got: " + rows + ", " + queryCount);
    }
  }

  @Override
  public String id() {
    return "patches 1: rows " + rows + ", queries " + queryCount + ", seed " + seed;
  }

  @Override
  public String base() {
    return "base.bvecs";
  }

  @Override
  public String queries() {
    return "queries.bvecs";
  }

  @Override
  public void write(Path folder) throws IOException {
    PatchDescriptor descriptor = new PatchDescriptor(IMAGE_SIDE);
    write(descriptor, "t10k-images-idx3-ubyte.gz", folder.resolve(queries()), queryCount);
    write(descriptor, "train-images-idx3-ubyte.gz", folder.resolve(base()), rows);
  }

  private void write(PatchDescriptor descriptor, String from, Path to, int wanted)
      throws IOException {
    VectorRows pixels = IdxFile.images(images.resolve(from));
    if (pixels.dim() != IMAGE_SIDE * IMAGE_SIDE) {
      throw DataFileException.of(
          images.resolve(from), "images must have " + IMAGE_SIDE + "² pixels", pixels.dim());
    }
    long[] order = order(Math.multiplyExact(pixels.size(), PLACES * PLACES));
    int written = 0;
    try (VecsWriter out = new VecsWriter(to)) {
      for (int first = 0; first < order.length && written < wanted; first += BATCH) {
        long[] batch = Arrays.copyOfRange(order, first, Math.min(first + BATCH, order.length));
        for (Optional<byte[]> row : describe(descriptor, pixels, batch)) {
          if (row.isPresent() && written < wanted) {
            out.row(row.get());
            written++;
          }
        }
      }
    }
    if (written < wanted) {
      throw new IllegalArgumentException(
          "vectors must be at most " + written + ", as many as " + from + " has, got: " + wanted);
    }
  }

  private static Iterable<Optional<byte[]>> describe(
      PatchDescriptor descriptor, VectorRows pixels, long[] patches) {
    return IntStream.range(0, patches.length)
        .parallel()
        .mapToObj(i -> {
          int patch = (int) patches[i];
          int place = patch % (PLACES * PLACES);
          float[] image = pixels.row(patch / (PLACES * PLACES));
          return descriptor.describe(image, place % PLACES * APART, place / PLACES * APART);
        })
        .toList();
  }

  /** Returns the numbers below {@code count} in the low halves, in order of hashes above them. */
  private long[] order(int count) {
    long[] order = new long[count];
    SplittableRandom random = new SplittableRandom(seed);
    Arrays.setAll(order, i -> random.nextLong() << 32 | i);
    Arrays.parallelSort(order);
    return order;
  }
}
