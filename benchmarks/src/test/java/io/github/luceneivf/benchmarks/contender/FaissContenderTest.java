// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.contender;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** FAISS finds what is there; only where its wheel was fetched. */
class FaissContenderTest {

  private static final int ROWS = 3_000;
  private static final int DIM = 48;
  private static final int QUERIES = 100;

  @TempDir Path temp = Path.of("");

  @BeforeEach
  void isHere() {
    Optional<String> obstacle = FaissLibrary.obstacle();
    assumeTrue(obstacle.isEmpty(), obstacle::toString);
  }

  @ParameterizedTest
  @EnumSource(Similarity.class)
  void everyIndexFindsEachRowFirstAtItsLastRung(Similarity similarity) throws IOException {
    PreparedVectors vectors = vectors(similarity);
    FaissContender faiss = new FaissContender();
    for (String index : faiss.indexes()) {
      Path folder = Files.createDirectory(temp.resolve(index + similarity));
      BuildCost cost = faiss.build(index, vectors, Layout.FLUSHED, folder);
      long bytes = cost.fileBytes().values().stream().mapToLong(Long::longValue).sum();
      assertTrue(bytes > (long) ROWS * DIM * Float.BYTES, index);
      Setting setting =
          faiss.ladders(ROWS).stream()
              .map(ladder -> ladder.rungs().getLast())
              .filter(rung -> rung.index().equals(index))
              .reduce((_, last) -> last)
              .orElseThrow();
      try (OpenIndex open = faiss.open(index, folder)) {
        OpenIndex.Search search = open.search(setting, 10, null);
        int found = 0;
        for (int query = 0; query < QUERIES; query++) {
          int[] rows = search.rows(vectors.base().row(query));
          assertEquals(10, rows.length, index);
          found += rows[0] == query ? 1 : 0;
        }
        assertTrue(found >= QUERIES - 1, index + " found " + found);
      }
    }
  }

  @Test
  void saysWhatItCannotRead() throws IOException {
    Path empty = Files.createDirectory(temp.resolve("empty"));
    IOException e =
        assertThrows(IOException.class, () -> new FaissContender().open("HNSW32", empty));
    String message = Objects.requireNonNull(e.getMessage());
    assertTrue(
        message.startsWith("FAISS could not read " + empty.resolve("vectors.faiss")), message);
    assertTrue(message.contains("No such file"), message);
  }

  private PreparedVectors vectors(Similarity similarity) throws IOException {
    Random random = new Random(5);
    ByteBuffer bytes = ByteBuffer.allocate(ROWS * DIM * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int row = 0; row < ROWS; row++) {
      float[] vector = new float[DIM];
      double squares = 0;
      for (int i = 0; i < DIM; i++) {
        vector[i] = (float) random.nextGaussian();
        squares += vector[i] * vector[i];
      }
      for (float x : vector) {
        bytes.putFloat((float) (x / Math.sqrt(squares)));
      }
    }
    Path file = Files.write(temp.resolve("base.f32"), bytes.array());
    FloatRows base = FloatRows.map(file, DIM);
    return new PreparedVectors(
        new PreparedVectors.Facts("unit", DIM, ROWS, similarity), base, base, new byte[ROWS]);
  }
}
