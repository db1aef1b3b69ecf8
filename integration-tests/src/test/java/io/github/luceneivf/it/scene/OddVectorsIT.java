// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it.scene;

import static org.apache.lucene.index.VectorSimilarityFunction.COSINE;
import static org.apache.lucene.index.VectorSimilarityFunction.EUCLIDEAN;
import static org.apache.lucene.index.VectorSimilarityFunction.MAXIMUM_INNER_PRODUCT;

import io.github.luceneivf.it.scene.Question.Nearest;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.junit.jupiter.api.Test;

/** Vectors unlike embeddings: of very many dimensions, of two values, mostly zero. */
class OddVectorsIT {

  private static final int QUERIES = Scene.FULL ? 300 : 100;

  @Test
  void manyDimensions() throws IOException {
    SceneTable.show(
        "many dimensions",
        Stream.of(
                Sources.generated(1_536, Scene.FULL ? 20_000 : 4_000, QUERIES),
                Sources.generated(4_096, Scene.FULL ? 9_000 : 2_000, QUERIES))
            .flatMap(OddVectorsIT::oneAndTen));
  }

  @Test
  void twoValues() throws IOException {
    SceneTable.show(
        "two values",
        Stream.of(EUCLIDEAN, COSINE)
            .map(similarity -> binary(256, similarity))
            .flatMap(OddVectorsIT::oneAndTen));
  }

  @Test
  void mostlyZero() throws IOException {
    SceneTable.show(
        "mostly zero",
        Stream.of(EUCLIDEAN, COSINE, MAXIMUM_INNER_PRODUCT)
            .map(similarity -> sparse(512, similarity))
            .flatMap(OddVectorsIT::oneAndTen));
  }

  /** One segment with lists, however few vectors there are, and ten. */
  private static Stream<Scene> oneAndTen(SceneData data) {
    return Stream.of(Layout.ONE.withParams(Layout.TEN_SMALL.params()), Layout.TEN_SMALL)
        .map(layout -> new Scene(data, layout, new Nearest(10)));
  }

  /** Rows of zeros and ones, each one of 200 patterns with a fifth of its bits drawn anew. */
  private static SceneData binary(int dim, VectorSimilarityFunction similarity) {
    Random random = new Random(Vectors.SEED);
    float[][] patterns = new float[200][dim];
    for (float[] pattern : patterns) {
      for (int i = 0; i < dim; i++) {
        pattern[i] = random.nextInt(2);
      }
    }
    float[][] rows = new float[9_000 + QUERIES][];
    Arrays.setAll(rows, _ -> patterns[random.nextInt(patterns.length)].clone());
    for (float[] row : rows) {
      for (int changed = 0; changed < dim / 5; changed++) {
        row[random.nextInt(dim)] = random.nextInt(2);
      }
    }
    return divided("zeros and ones", rows, similarity);
  }

  /** Rows as of a bag of words: of one of 100 topics, with 20 words that topic prefers. */
  private static SceneData sparse(int dim, VectorSimilarityFunction similarity) {
    Random random = new Random(Vectors.SEED);
    float[][] rows = new float[9_000 + QUERIES][dim];
    for (float[] row : rows) {
      int topic = random.nextInt(100);
      for (int word = 0; word < 20; word++) {
        int from = random.nextInt(3) == 0 ? random.nextInt(dim) : topic * 5 + random.nextInt(60);
        row[from % dim] += (float) -Math.log(1 - random.nextDouble());
      }
    }
    return divided("sparse", rows, similarity);
  }

  private static SceneData divided(
      String name, float[][] rows, VectorSimilarityFunction similarity) {
    int n = rows.length - QUERIES;
    return new SceneData(
        name + ", " + similarity,
        Arrays.copyOf(rows, n),
        Arrays.copyOfRange(rows, n, rows.length),
        similarity);
  }
}
