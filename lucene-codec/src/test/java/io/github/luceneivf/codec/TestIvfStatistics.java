// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.codec.config.IvfParams;
import io.github.luceneivf.codec.config.ListSizing;
import io.github.luceneivf.testdata.VectorGenerators;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.util.LuceneTestCase;

public class TestIvfStatistics extends LuceneTestCase {

  private static final VectorSimilarityFunction L2 = VectorSimilarityFunction.EUCLIDEAN;
  private static final IvfVectorsFormat FORMAT =
      new IvfVectorsFormat(
          IvfParams.DEFAULT
              .withThresholds(new IvfParams.Thresholds(0, 1500, 1))
              .withSizing(ListSizing.fixed(16)));

  public void testFlushesAndCopyMergesAreAddedUp() throws Exception {
    FloatMatrix rows = VectorGenerators.clusters(4500, 16, 40, 0.5, 3);
    try (Directory directory = newDirectory();
        IndexWriter writer = new IndexWriter(directory, VectorIndexing.config(FORMAT))) {
      for (int from = 0; from < 4500; from += 1500) {
        VectorIndexing.add(writer, rows, from, from + 1500, L2);
        writer.flush();
      }
      IvfStatistics.Fit flushed = fit(writer, 3);
      assertEquals(4500, flushed.vectors());
      assertEquals(3000, flushed.arrived());
      assertEquals(1, flushed.lineage().version());
      assertEquals(1500, flushed.lineage().population());
      assertEquals(16, flushed.nlist());
      double trained = flushed.trainedEnergy().orElseThrow();
      assertEquals(1.02 * trained, flushed.energy().orElseThrow(), 0.05 * trained);
      assertEquals(
          flushed.trainedImbalance().orElseThrow(), flushed.imbalance(), 0.1 * flushed.imbalance());
      for (int row = 1500; row < 4500; row += 3) {
        writer.deleteDocuments(new Term("id", Integer.toString(row)));
      }
      writer.getConfig().setMergePolicy(newTieredMergePolicy());
      writer.forceMerge(1);
      IvfStatistics.Fit merged = fit(writer, 1);
      assertEquals(flushed.codebook(), merged.codebook());
      assertEquals(3500, merged.vectors());
      assertEquals(2000, merged.arrived());
      assertEquals(flushed.trainedEnergy(), merged.trainedEnergy());
      assertEquals(flushed.trainedImbalance(), merged.trainedImbalance());
      assertEquals(flushed.energy().orElseThrow(), merged.energy().orElseThrow(), 0.02 * trained);
    }
  }

  /** Twice as far from the origin in new directions: energy and imbalance show it. */
  public void testDriftIsSeen() throws Exception {
    FloatMatrix old = VectorGenerators.clusters(1500, 16, 40, 0.5, 3);
    FloatMatrix drifted =
        VectorGenerators.scaled(VectorGenerators.clusters(1500, 16, 3, 0.5, 4), 2);
    try (Directory directory = newDirectory();
        IndexWriter writer = new IndexWriter(directory, VectorIndexing.config(FORMAT))) {
      VectorIndexing.add(writer, old, 0, 1500, L2);
      writer.flush();
      VectorIndexing.add(writer, drifted, 0, 1500, L2);
      writer.flush();
      try (DirectoryReader reader = DirectoryReader.open(writer)) {
        IvfStatistics statistics = IvfStatistics.of(reader, VectorIndexing.FIELD);
        IvfStatistics.Fit second = statistics.segments().get(1).lists().orElseThrow();
        assertTrue(
            second.toString(),
            second.energy().orElseThrow() > 2 * second.trainedEnergy().orElseThrow());
        assertTrue(
            second.toString(), second.imbalance() > 2 * second.trainedImbalance().orElseThrow());
        IvfStatistics.Fit all = statistics.codebooks().getFirst().fit();
        assertTrue(all.energy().orElseThrow() < second.energy().orElseThrow());
        assertTrue(all.energy().orElseThrow() > all.trainedEnergy().orElseThrow());
        assertTrue(IvfStatistics.of(reader, "none").segments().isEmpty());
      }
    }
  }

  private static IvfStatistics.Fit fit(IndexWriter writer, int segments) throws Exception {
    try (DirectoryReader reader = DirectoryReader.open(writer)) {
      IvfStatistics statistics = IvfStatistics.of(reader, VectorIndexing.FIELD);
      assertEquals(segments, statistics.segments().size());
      assertEquals(1, statistics.codebooks().size());
      assertEquals(segments, statistics.codebooks().getFirst().segments());
      return statistics.codebooks().getFirst().fit();
    }
  }
}
