// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.benchmarks.data.DataSet;
import io.github.luceneivf.codec.IvfVectorsFormat;
import io.github.luceneivf.it.data.DataFolder;
import java.io.IOException;
import java.util.Arrays;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.junit.jupiter.api.Test;

/** Recall of parents by their nearest child, where a family is a crowd in space. */
class NestedOnRealDataIT {

  private static final int K = 10;
  private static final int QUERIES = Integer.getInteger("ivf.nested.queries", 30);
  private static final int CHILDREN = Integer.getInteger("ivf.nested.children", 10_000);

  @Test
  void wordnetMinilm() throws IOException {
    check("wordnet-minilm");
  }

  @Test
  void fashionMnist() throws IOException {
    check("fashion-mnist");
  }

  private static void check(String name) throws IOException {
    DataSet data = DataFolder.open(name);
    boolean enough = true;
    for (String noise : System.getProperty("ivf.nested.noise", "0.3").split(",")) {
      for (String size : System.getProperty("ivf.nested.sizes", "2,20,100").split(",")) {
        int perParent = Integer.parseInt(size);
        NestedDocuments documents =
            new NestedDocuments(
                data, CHILDREN / perParent, perParent, Double.parseDouble(noise), 7);
        for (String count : System.getProperty("ivf.nested.segments", "1").split(",")) {
          int segments = Integer.parseInt(count);
          String what =
              "%-15s %3d children, noise %s, %2d segments"
                  .formatted(name, perParent, noise, segments);
          double ours = recall(what, documents, data, new IvfVectorsFormat(), segments);
          if (Boolean.getBoolean("ivf.nested.hnsw")) {
            recall(what, documents, data, new Lucene99HnswVectorsFormat(), segments);
          }
          enough &= ours >= 0.95;
        }
      }
    }
    assertTrue(enough, "recall of parents at least 0.95 everywhere");
  }

  private static double recall(
      String what, NestedDocuments documents, DataSet data, KnnVectorsFormat format, int segments)
      throws IOException {
    try (Directory directory = new ByteBuffersDirectory()) {
      documents.index(directory, format, segments);
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        IndexSearcher searcher = new IndexSearcher(reader);
        int step = data.queries().rows() / QUERIES;
        double[] recalls = new double[QUERIES];
        for (int query = 0; query < QUERIES; query++) {
          recalls[query] = documents.recall(searcher, data.queries().row(query * step), K);
        }
        double mean = Arrays.stream(recalls).average().orElseThrow();
        System.out.printf(
            "%s, %s: recall %.4f, worst %.1f, scanned %.4f%n",
            what,
            format.getName(),
            mean,
            Arrays.stream(recalls).min().orElseThrow(),
            documents.scannedShare() / QUERIES);
        return mean;
      }
    }
  }
}
