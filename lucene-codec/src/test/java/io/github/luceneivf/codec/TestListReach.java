// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.ListReach;
import io.github.luceneivf.codec.config.IvfParams;
import io.github.luceneivf.codec.config.ListSizing;
import io.github.luceneivf.codec.config.Ports;
import io.github.luceneivf.codec.file.PostingLists;
import io.github.luceneivf.codec.file.RawVectors;
import io.github.luceneivf.codec.file.StoredLists;
import io.github.luceneivf.codec.telemetry.IndexEvent;
import io.github.luceneivf.testdata.VectorGenerators;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.util.LuceneTestCase;

/** Segments say how far the vectors they hold reach, however those came into them. */
public class TestListReach extends LuceneTestCase {

  private static final int DIM = 12;
  private static final VectorSimilarityFunction F = VectorSimilarityFunction.MAXIMUM_INNER_PRODUCT;
  private static final IvfParams LISTS =
      IvfParams.DEFAULT
          .withThresholds(new IvfParams.Thresholds(50, 600, 2))
          .withSizing(ListSizing.fixed(16));

  private final List<IndexEvent> events = Collections.synchronizedList(new ArrayList<>());

  private IvfVectorsFormat format() {
    return new IvfVectorsFormat(LISTS, Ports.LOCAL.withListener(events::add));
  }

  private void assertMerged(IndexEvent.Action action, int copied, int encoded) {
    List<IndexEvent> merges =
        events.stream().filter(e -> e.cause() == IndexEvent.Cause.MERGE).toList();
    assertEquals(1, merges.size());
    assertEquals(action, merges.getFirst().action());
    assertEquals(copied, merges.getFirst().merged().vectorsCopied());
    assertEquals(encoded, merges.getFirst().merged().vectorsEncoded());
  }

  /** Clusters whose vectors have lengths of their own: lognormal, sigma = 0.5. */
  private static FloatMatrix rows(int n, long seed) {
    FloatMatrix rows = VectorGenerators.clusters(n, DIM, 20, 0.6, seed);
    float[] values = rows.values().clone();
    Random random = new Random(seed);
    for (int row = 0; row < n; row++) {
      float length = (float) Math.exp(0.5 * random.nextGaussian());
      for (int d = 0; d < DIM; d++) {
        values[row * DIM + d] *= length;
      }
    }
    return new FloatMatrix(values, n, DIM);
  }

  private static ListReach measured(StoredLists stored) throws IOException {
    Codebook codebook = stored.codebook().codebook();
    ListReach.Measure measure = new ListReach.Measure(codebook);
    RawVectors.Floats vectors = RawVectors.floats(stored.values());
    PostingLists.Cursor cursor = stored.postings().cursor();
    for (int list = 0; list < stored.postings().nlist(); list++) {
      int size = stored.postings().size(list);
      cursor.moveTo(list);
      for (int position = 0; position < size; position++) {
        float[] mapped = vectors.vector(cursor.ord(position)).clone();
        codebook.space().map(mapped, 0, 1, DIM);
        measure.add(mapped, 0, list);
      }
    }
    return measure.reach();
  }

  private static void assertMeasured(LeafReader leaf) throws IOException {
    StoredLists stored = CodedSegments.lists(leaf);
    ListReach expected = measured(stored);
    assertArrayEquals("along", expected.along(), stored.meta().reach().along(), 0);
    assertArrayEquals("across", expected.across(), stored.meta().reach().across(), 0);
  }

  public void testFlushesAndMergesThatCopy() throws Exception {
    try (Directory directory = newDirectory()) {
      VectorIndexing.index(directory, format(), rows(3_000, 7), F, 2);
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        assertEquals(2, reader.leaves().size());
        for (LeafReaderContext leaf : reader.leaves()) {
          assertMeasured(leaf.reader());
        }
      }
      VectorIndexing.forceMerge(directory, format());
      assertMerged(IndexEvent.Action.COPY, 3_000, 0);
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        assertMeasured(VectorIndexing.onlyLeaf(reader));
      }
    }
  }

  /** Some entries are copied, some vectors encoded again: of another codebook and of HNSW. */
  public void testMergesOfAllKinds() throws Exception {
    try (Directory target = newDirectory();
        Directory other = newDirectory();
        Directory hnsw = newDirectory()) {
      VectorIndexing.index(target, format(), rows(3_000, 1), F, 2);
      VectorIndexing.index(other, format(), VectorGenerators.scaled(rows(300, 2), 1.5f), F, 1);
      VectorIndexing.index(
          hnsw, new Lucene99HnswVectorsFormat(), VectorGenerators.scaled(rows(100, 3), 2), F, 1);
      try (IndexWriter writer = new IndexWriter(target, VectorIndexing.config(format()))) {
        writer.addIndexes(other, hnsw);
      }
      VectorIndexing.forceMerge(target, format());
      assertMerged(IndexEvent.Action.REASSIGN, 3_000, 400);
      try (DirectoryReader reader = DirectoryReader.open(target)) {
        LeafReader leaf = VectorIndexing.onlyLeaf(reader);
        assertEquals(3_400, CodedSegments.lists(leaf).values().size());
        assertMeasured(leaf);
      }
    }
  }

  /** What is copied keeps the reach of vectors that are deleted: never less than is there. */
  public void testDeletedVectorsMayCount() throws Exception {
    try (Directory directory = newDirectory()) {
      VectorIndexing.index(directory, format(), rows(3_000, 9), F, 2);
      try (IndexWriter writer = new IndexWriter(directory, VectorIndexing.config(format()))) {
        writer.deleteDocuments(new Term("mod", "3"));
      }
      VectorIndexing.forceMerge(directory, format());
      assertMerged(IndexEvent.Action.COPY, 2_700, 0);
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        StoredLists stored = CodedSegments.lists(VectorIndexing.onlyLeaf(reader));
        assertEquals(2_700, stored.values().size());
        ListReach least = measured(stored);
        ListReach kept = stored.meta().reach();
        for (int list = 0; list < least.nlist(); list++) {
          assertTrue(kept.along()[list] >= least.along()[list]);
          assertTrue(kept.across()[list] >= least.across()[list]);
        }
      }
    }
  }

  public void testOtherSimilaritiesStoreNone() throws Exception {
    try (Directory directory = newDirectory()) {
      VectorIndexing.index(
          directory, format(), rows(1_000, 5), VectorSimilarityFunction.EUCLIDEAN, 1);
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        StoredLists stored = CodedSegments.lists(VectorIndexing.onlyLeaf(reader));
        assertEquals(0, stored.meta().reach().nlist());
      }
    }
  }
}
