// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it.scene;

import io.github.luceneivf.it.scene.Question.NearerThan;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Many copies of one document, and documents that are nearer to the query than these. */
class CopiesHideIT {

  private static final int ROWS = 8_500;
  private static final int QUERIES = Scene.FULL ? 300 : 100;

  /** Queries tried for each that is wanted, at most. */
  private static final int TRIES = 200;

  /** Copies and hits wanted. */
  private record Crowd(int copies, int k) {}

  private static final List<Crowd> CROWDS =
      List.of(new Crowd(5, 10), new Crowd(200, 10), new Crowd(3_000, 100));

  @Test
  void generated() throws IOException {
    show("copies hide nearer vectors, generated", Sources.generated(64, ROWS, 1));
  }

  @Test
  void words() throws IOException {
    show("copies hide nearer vectors, sentences", Sources.words64(ROWS, 1));
  }

  private static void show(String title, SceneData pool) throws IOException {
    SceneTable.show(
        title,
        CROWDS.stream()
            .flatMap(
                crowd ->
                    IntStream.rangeClosed(1, Scene.FULL ? 3 : 1)
                        .boxed()
                        .flatMap(place -> scenes(pool, crowd, place * pool.size() / 4))));
  }

  private static Stream<Scene> scenes(SceneData pool, Crowd crowd, int row) {
    float[][] documents = Arrays.copyOf(pool.documents(), pool.size() + crowd.copies);
    Arrays.fill(documents, pool.size(), documents.length, documents[row]);
    SceneData data =
        pool.withQueries(queries(pool, row, crowd.k))
            .withDocuments(documents)
            .named("%s, %d copies of row %d".formatted(pool.name(), crowd.copies, row));
    return Stream.of(Layout.ONE, Layout.TEN_SMALL)
        .map(layout -> new Scene(data, layout, new NearerThan(crowd.k, row)));
  }

  /** Queries between a row and its neighbours, so that some but fewer than k rows are nearer. */
  private static float[][] queries(SceneData pool, int row, int k) {
    SceneData fromRow = pool.withQueries(new float[][] {pool.documents()[row]});
    int[] neighbors =
        IntStream.range(0, pool.size())
            .filter(other -> other != row)
            .boxed()
            .sorted((a, b) -> Float.compare(fromRow.score(0, b), fromRow.score(0, a)))
            .limit(5L * k)
            .mapToInt(Integer::intValue)
            .toArray();
    Random random = new Random(Vectors.SEED);
    List<float[]> queries = new ArrayList<>();
    for (int tried = 0; queries.size() < QUERIES && tried < TRIES * QUERIES; tried++) {
      float[] other = pool.documents()[neighbors[random.nextInt(neighbors.length)]];
      double share = 0.5 + 0.4 * random.nextDouble();
      float[] query =
          Vectors.sum(
              Vectors.scaled(other, share), Vectors.scaled(pool.documents()[row], 1 - share));
      SceneData asked = pool.withQueries(new float[][] {query});
      float copy = asked.score(0, row);
      long nearer =
          IntStream.range(0, pool.size())
              .filter(candidate -> Truth.isBetter(asked.score(0, candidate), copy))
              .count();
      if (nearer > 0 && nearer < k) {
        queries.add(query);
      }
    }
    return queries.toArray(float[][]::new);
  }
}
