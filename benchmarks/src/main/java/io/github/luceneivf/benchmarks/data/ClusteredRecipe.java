// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * A mixture of Gaussians in two levels, with sizes by a power law and a low intrinsic dimension.
 *
 * <p>A super-cluster has a centre and {@value #INTRINSIC} directions. Its clusters have their
 * centres in the space of these directions and stretch each of them by a scale of their own, wide
 * enough to overlap. A vector is the centre of its cluster, plus the scaled directions times
 * normals, plus isotropic noise; it is labelled with its cluster. Cluster i of {@value #CLUSTERS}
 * has a share of vectors in proportion to 1/(i + 1). Queries are more draws from the same mixture.
 *
 * @param rows vectors of the base
 * @param dim dimensions
 * @param queryCount queries
 * @param seed of the mixture and of the draws
 */
record ClusteredRecipe(int rows, int dim, int queryCount, long seed) implements Recipe {

  private static final int CLUSTERS = 2000;
  private static final int SUPERS = 50;
  private static final int INTRINSIC = 20;
  private static final double SUPER_SPREAD = 0.6;
  private static final double DIRECTION_LENGTH = 0.4;
  private static final double SCALE_SPREAD = 0.5;
  private static final double NOISE = 0.3;

  ClusteredRecipe {
    SeededRows.check(rows, dim, queryCount);
  }

  @Override
  public String id() {
    return SeededRows.id("clustered 1", rows, dim, queryCount, seed);
  }

  @Override
  public String base() {
    return SeededRows.BASE_FILE;
  }

  @Override
  public String queries() {
    return SeededRows.QUERIES_FILE;
  }

  /**
   * One cluster.
   *
   * @param centre [dim]
   * @param directions [INTRINSIC][dim], scaled
   */
  @SuppressWarnings("ArrayRecordComponent") // carried, never compared
  private record Cluster(double[] centre, double[][] directions) {}

  @Override
  public void write(Path folder) throws IOException {
    Cluster[] clusters = clusters();
    PowerLaw sizes = new PowerLaw(CLUSTERS);
    write(folder.resolve(queries()), queryCount, SeededRows.QUERIES, clusters, sizes);
    int[] labels = write(folder.resolve(base()), rows, SeededRows.BASE, clusters, sizes);
    try (VecsWriter out = new VecsWriter(folder.resolve(LABELS))) {
      out.row(labels);
    }
  }

  private Cluster[] clusters() {
    SplittableRandom random = new SplittableRandom(seed);
    double[][] superCentres = gaussians(random, SUPERS, SUPER_SPREAD);
    double[][][] superDirections = new double[SUPERS][][];
    Arrays.setAll(superDirections, s -> gaussians(random, INTRINSIC, DIRECTION_LENGTH));
    Cluster[] clusters = new Cluster[CLUSTERS];
    for (int c = 0; c < CLUSTERS; c++) {
      int parent = random.nextInt(SUPERS);
      double[] centre = superCentres[parent].clone();
      double[][] directions = new double[INTRINSIC][dim];
      // The radius of the cluster, against the spread of the centres.
      double size = random.nextDouble(0.5, 1);
      for (int j = 0; j < INTRINSIC; j++) {
        add(centre, random.nextGaussian(), superDirections[parent][j]);
        double scale = size * StrictMath.exp(SCALE_SPREAD * random.nextGaussian());
        add(directions[j], scale, superDirections[parent][j]);
      }
      clusters[c] = new Cluster(centre, directions);
    }
    return clusters;
  }

  private double[][] gaussians(SplittableRandom random, int count, double scale) {
    double[][] all = new double[count][dim];
    for (double[] one : all) {
      Arrays.setAll(one, d -> scale * random.nextGaussian());
    }
    return all;
  }

  /** Writes draws and returns the cluster of each. */
  private int[] write(Path file, int count, long stream, Cluster[] clusters, PowerLaw sizes)
      throws IOException {
    return SeededRows.write(
        file, count, dim, seed, stream, (random, into) -> draw(random, clusters, sizes, into));
  }

  private int draw(SplittableRandom random, Cluster[] clusters, PowerLaw sizes, float[] into) {
    int label = sizes.draw(random);
    double[] vector = clusters[label].centre().clone();
    for (double[] direction : clusters[label].directions()) {
      add(vector, random.nextGaussian(), direction);
    }
    for (int d = 0; d < dim; d++) {
      into[d] = (float) (vector[d] + NOISE * random.nextGaussian());
    }
    return label;
  }

  private static void add(double[] to, double scale, double[] direction) {
    for (int d = 0; d < to.length; d++) {
      to[d] += scale * direction[d];
    }
  }
}
