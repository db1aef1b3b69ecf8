// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it.scene;

import static org.apache.lucene.index.VectorSimilarityFunction.COSINE;
import static org.apache.lucene.index.VectorSimilarityFunction.DOT_PRODUCT;
import static org.apache.lucene.index.VectorSimilarityFunction.EUCLIDEAN;
import static org.apache.lucene.index.VectorSimilarityFunction.MAXIMUM_INNER_PRODUCT;

import io.github.luceneivf.it.scene.Question.Nearest;
import io.github.luceneivf.it.scene.Scene.Required;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.junit.jupiter.api.Test;

/** Vectors of so few dimensions that neighbours share a direction, and a list is a sector. */
class FewDimensionsIT {

  private static final int[] DIMS = Scene.FULL ? new int[] {1, 2, 3, 4, 8, 16} : new int[] {2, 8};
  private static final int[] SIZES = Scene.FULL ? new int[] {12_000, 60_000} : new int[] {12_000};
  private static final int QUERIES = 200;

  /** A query that once found nothing. */
  private static final float[] LOST = {0.0375f, -0.5433f};

  /** How vectors lie in space. */
  private enum Shape {
    UNIFORM {
      @Override
      float[][] draw(int n, int dim, Random random) {
        float[][] rows = new float[n][dim];
        for (float[] row : rows) {
          for (int i = 0; i < dim; i++) {
            row[i] = 2 * random.nextFloat() - 1;
          }
        }
        return rows;
      }
    },
    CLUSTERED {
      @Override
      float[][] draw(int n, int dim, Random random) {
        float[][] centres = UNIFORM.draw(40, dim, random);
        float[][] rows = new float[n][];
        Arrays.setAll(
            rows,
            _ ->
                Vectors.sum(
                    centres[random.nextInt(centres.length)],
                    Vectors.scaled(Vectors.gaussian(dim, random), 0.02)));
        return rows;
      }
    },
    SPHERE {
      @Override
      float[][] draw(int n, int dim, Random random) {
        return Vectors.unit(Vectors.gaussian(n, dim, random));
      }
    };

    abstract float[][] draw(int n, int dim, Random random);
  }

  @Test
  void euclidean() throws IOException {
    show(EUCLIDEAN, Shape.values());
  }

  @Test
  void cosine() throws IOException {
    show(COSINE, Shape.values());
  }

  @Test
  void innerProduct() throws IOException {
    show(MAXIMUM_INNER_PRODUCT, Shape.values());
  }

  /** Takes vectors of unit length only. */
  @Test
  void dotProduct() throws IOException {
    show(DOT_PRODUCT, Shape.SPHERE);
  }

  private static void show(VectorSimilarityFunction similarity, Shape... shapes)
      throws IOException {
    SceneTable.show(
        "few dimensions, " + similarity,
        IntStream.of(SIZES)
            .boxed()
            .flatMap(
                n ->
                    IntStream.of(DIMS)
                        .boxed()
                        .flatMap(
                            dim -> Stream.of(shapes).map(shape -> data(similarity, shape, dim, n))))
            .map(data -> new Scene(data, Layout.ONE, new Nearest(10), Required.EVERY_QUERY)));
  }

  private static SceneData data(
      VectorSimilarityFunction similarity, Shape shape, int dim, int n) {
    float[][] rows = shape.draw(n + QUERIES, dim, new Random(Vectors.SEED));
    float[][] queries = Arrays.copyOfRange(rows, n, n + QUERIES);
    if (dim == LOST.length && similarity != DOT_PRODUCT) {
      queries[0] = LOST;
    }
    String name = "%s, %d dims, %,d".formatted(shape.name().toLowerCase(Locale.ROOT), dim, n);
    return new SceneData(name, Arrays.copyOf(rows, n), queries, similarity);
  }
}
