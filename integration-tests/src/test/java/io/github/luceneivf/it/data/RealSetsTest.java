// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.benchmarks.data.DataSet;
import io.github.luceneivf.benchmarks.data.Neighbors;
import io.github.luceneivf.benchmarks.data.Tsv;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The real data, where it is present: the truth that is stored is that of the vectors read. */
class RealSetsTest {

  @Test
  void fashionMnistHasItsTruth() throws IOException {
    DataSet data = DataFolder.open("fashion-mnist");
    assertEquals(60_000, data.base().size());
    assertEquals(784, data.dim());
    checkTruth(data, 0);
    int[] labels = Objects.requireNonNull(data.labels());
    assertEquals(9, Arrays.stream(labels).max().orElseThrow());
  }

  @Test
  void wordnetHasItsTruth() throws IOException {
    DataSet data = DataFolder.open("wordnet-minilm");
    assertEquals(116_791, data.base().size());
    checkTruth(data, 1e-6);
    assertNotNull(data.labels());
    Path queries = DataFolder.require(data.name()).resolve("queries.tsv.gz");
    assertEquals(1000, Tsv.read(queries).column("kind").size());
  }

  @Test
  void scifactHasItsTruth() throws IOException {
    DataSet data = DataFolder.open("scifact-minilm");
    assertEquals(5_183, data.base().size());
    assertEquals(300, data.queries().rows());
    checkTruth(data, 1e-6);
  }

  private static void checkTruth(DataSet data, double tolerance) throws IOException {
    Neighbors truth = data.neighbors();
    for (int query = 0; query < truth.queries(); query += 37) {
      for (int rank = 0; rank < truth.k(); rank++) {
        String what = "query " + query + ", rank " + rank;
        double score = truth.score(query, rank);
        assertEquals(data.nearness(query, truth.ord(query, rank)), score, tolerance, what);
        assertTrue(rank == 0 || truth.score(query, rank - 1) >= score - tolerance, what);
      }
      int[] found = Arrays.copyOfRange(truth.ords(), query * truth.k(), query * truth.k() + 10);
      assertEquals(1, data.recall(query, found, 10, 10));
      found[3] = found[2];
    }
  }
}
