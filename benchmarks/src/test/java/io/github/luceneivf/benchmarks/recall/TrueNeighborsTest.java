// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.recall;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.testdata.VectorGenerators;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrueNeighborsTest {

  private static final int ROWS = 5_000;
  private static final FloatMatrix ALL = VectorGenerators.clusters(ROWS, 8, 20, 0.5, 7);
  private static final Progress NOBODY =
      new Progress() {
        @Override
        public void advance(long more) {}

        @Override
        public void close() {}
      };

  @TempDir Path temp;

  /** Documents lie in the order of rows, in two segments. */
  @Test
  void deletedDocumentsAndTheQuerysOwnAreLeftOut() throws IOException {
    TestIndex.add(temp, TestIndex.ours(), ALL, 0, 3000);
    TestIndex.add(temp, TestIndex.hnsw(), ALL, 3000, ROWS);
    TestIndex.deleteTenth(temp, ROWS);
    try (Directory directory = FSDirectory.open(temp);
        DirectoryReader reader = DirectoryReader.open(directory)) {
      VectorField field = VectorField.of(reader, TestIndex.FIELD);
      Queries queries = Queries.sampled(field, 40, 5);
      assertEquals(40, queries.vectors().rows());
      TrueNeighbors truth = TrueNeighbors.find(field, queries, 12, 2, NOBODY);
      for (int q = 0; q < 40; q++) {
        int own = queries.own()[q];
        assertTrue(own % 10 != 0, "deleted documents do not ask: " + own);
        float[] query = queries.vectors().row(q);
        assertArrayEquals(ALL.row(own), query);
        int[] nearest =
            IntStream.range(0, ROWS)
                .filter(row -> row % 10 != 0 && row != own)
                .boxed()
                .sorted(
                    Comparator.<Integer>comparingDouble(
                            row -> -field.similarity().compare(query, ALL.row(row)))
                        .thenComparing(Comparator.naturalOrder()))
                .limit(12)
                .mapToInt(row -> row)
                .toArray();
        assertArrayEquals(nearest, truth.docs()[q], "query " + q);
      }
      TrueNeighbors again = TrueNeighbors.find(field, queries, 12, 1, NOBODY);
      for (int q = 0; q < 40; q++) {
        assertArrayEquals(truth.docs()[q], again.docs()[q]);
      }
    }
  }

  @Test
  void moreAreWantedThanThereAre() throws IOException {
    TestIndex.add(temp, TestIndex.ours(), ALL, 0, 30);
    try (Directory directory = FSDirectory.open(temp);
        DirectoryReader reader = DirectoryReader.open(directory)) {
      VectorField field = VectorField.of(reader, TestIndex.FIELD);
      Queries queries = Queries.sampled(field, 100, 5);
      assertEquals(30, queries.vectors().rows());
      assertEquals(29, TrueNeighbors.find(field, queries, 100, 2, NOBODY).docs()[3].length);
    }
  }
}
