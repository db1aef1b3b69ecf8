// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.data;

import io.github.luceneivf.clustering.Metric;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Vectors like embeddings of texts: topics in three levels, a spectrum that falls slowly, all of
 * one length, or of lengths that differ.
 *
 * <p>Variance i of the spectrum is in proportion to 1/(1 + i/{@value #KNEE}), so that of 768
 * dimensions 64 hold 46 % and 256 hold 75 %. Each of {@value #FANOUT} topics has as many narrower
 * ones, and each of these as many again; the sizes of the topics of one follow 1/(i + 1). In the
 * basis of the spectrum a vector is the sum of normals of its topic ({@value #TOPIC} of the
 * variance), of the two narrower ones ({@value #NARROWER} and {@value #NARROWEST}) and of its own
 * (the rest); the basis is of random directions. It is brought to unit length, and labelled with
 * its topic. Queries are more such vectors with twice the variance of their own, so that they are
 * not quite like the rows. Nearness is by cosine.
 *
 * <p>Where lengths differ, each row is multiplied by e to a normal of deviation {@value
 * #LENGTH_SPREAD}, queries are not, and nearness is by inner product.
 *
 * @param rows vectors of the base
 * @param dim dimensions
 * @param queryCount queries
 * @param lengths whether lengths differ
 * @param seed of the topics and of the draws
 */
record EmbeddingRecipe(int rows, int dim, int queryCount, boolean lengths, long seed)
    implements Recipe {

  private static final int FANOUT = 20;
  private static final double KNEE = 10;
  private static final double TOPIC = 0.25;
  private static final double NARROWER = 0.25;
  private static final double NARROWEST = 0.2;
  private static final double OWN = 1 - TOPIC - NARROWER - NARROWEST;
  private static final double OWN_OF_QUERIES = 2 * OWN;
  private static final double LENGTH_SPREAD = 0.5;

  EmbeddingRecipe {
    SeededRows.check(rows, dim, queryCount);
  }

  @Override
  public String id() {
    return SeededRows.id(lengths ? "lengths 1" : "embeddings 1", rows, dim, queryCount, seed);
  }

  @Override
  public String base() {
    return SeededRows.BASE_FILE;
  }

  @Override
  public String queries() {
    return SeededRows.QUERIES_FILE;
  }

  @Override
  public Metric metric() {
    return lengths ? Metric.INNER_PRODUCT : Metric.COSINE;
  }

  @Override
  public void write(Path folder) throws IOException {
    Topics topics = new Topics(dim, new SplittableRandom(seed));
    SeededRows.write(
        folder.resolve(queries()),
        queryCount,
        dim,
        seed,
        SeededRows.QUERIES,
        (random, into) -> topics.draw(random, OWN_OF_QUERIES, 0, into));
    double spread = lengths ? LENGTH_SPREAD : 0;
    int[] labels =
        SeededRows.write(
            folder.resolve(base()),
            rows,
            dim,
            seed,
            SeededRows.BASE,
            (random, into) -> topics.draw(random, OWN, spread, into));
    try (VecsWriter out = new VecsWriter(folder.resolve(LABELS))) {
      out.row(labels);
    }
  }

  /** What the vectors of one recipe have in common. Immutable. */
  private static final class Topics {

    /** [dim][dim] directions, each times the deviation of its place in the spectrum. */
    private final float[][] basis;

    /**
     * [FANOUT^level][dim] in the basis, by level; the narrower ones of a topic follow each other.
     */
    private final float[][][] centres;

    private final PowerLaw sizes = new PowerLaw(FANOUT);

    Topics(int dim, SplittableRandom random) {
      basis = new float[dim][dim];
      for (int i = 0; i < dim; i++) {
        double deviation = 1 / Math.sqrt((1 + i / KNEE) * dim);
        float[] direction = basis[i];
        for (int d = 0; d < dim; d++) {
          direction[d] = (float) (deviation * random.nextGaussian());
        }
      }
      double[] variances = {TOPIC, NARROWER, NARROWEST};
      centres = new float[variances.length][][];
      int count = 1;
      for (int level = 0; level < variances.length; level++) {
        count *= FANOUT;
        centres[level] = new float[count][dim];
        double deviation = Math.sqrt(variances[level]);
        for (float[] centre : centres[level]) {
          for (int d = 0; d < dim; d++) {
            centre[d] = (float) (deviation * random.nextGaussian());
          }
        }
      }
    }

    /** Fills a vector; returns its topic. */
    int draw(SplittableRandom random, double own, double lengthSpread, float[] into) {
      int dim = into.length;
      float[] inBasis = new float[dim];
      int topic = -1;
      int narrow = 0;
      for (float[][] level : centres) {
        narrow = narrow * FANOUT + sizes.draw(random);
        topic = topic < 0 ? narrow : topic;
        for (int d = 0; d < dim; d++) {
          inBasis[d] += level[narrow][d];
        }
      }
      double deviation = Math.sqrt(own);
      Arrays.fill(into, 0);
      for (int i = 0; i < dim; i++) {
        float weight = inBasis[i] + (float) (deviation * random.nextGaussian());
        float[] direction = basis[i];
        for (int d = 0; d < dim; d++) {
          into[d] += weight * direction[d];
        }
      }
      double squares = 0;
      for (float x : into) {
        squares += (double) x * x;
      }
      double length = StrictMath.exp(lengthSpread * random.nextGaussian());
      float scale = (float) (length / Math.sqrt(squares));
      for (int d = 0; d < dim; d++) {
        into[d] *= scale;
      }
      return topic;
    }
  }
}
