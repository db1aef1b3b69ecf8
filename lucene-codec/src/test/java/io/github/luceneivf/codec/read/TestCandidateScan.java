// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.read;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codec.ManySegments;
import io.github.luceneivf.codec.VectorIndexing;
import io.github.luceneivf.quantization.QueryCode;
import java.io.IOException;
import java.util.List;
import java.util.function.IntPredicate;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.TopKnnCollector;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.FixedBitSet;

/** What a scan counts: visits and accepted vectors, once however often it scans. */
public class TestCandidateScan extends LuceneTestCase {

  private static final int DEPTH = 20;

  private interface Check {
    void of(CandidateScan scan, ListScanner scanner, SegmentLists lists, TopKnnCollector collector)
        throws IOException;
  }

  private void scan(double share, int visitLimit, Check check) throws IOException {
    scan(_ -> random().nextDouble() < share, visitLimit, check);
  }

  private void scan(IntPredicate accepted, int visitLimit, Check check) throws IOException {
    FloatMatrix base = ManySegments.base(ManySegments.clusters(random().nextLong()));
    try (Directory directory = newDirectory()) {
      VectorIndexing.index(
          directory, ManySegments.format(ManySegments.LISTS, base), base, ManySegments.L2, 1);
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        LeafReader leaf = VectorIndexing.onlyLeaf(reader);
        FixedBitSet bits = new FixedBitSet(leaf.maxDoc());
        for (int doc = 0; doc < bits.length(); doc++) {
          if (accepted.test(doc)) {
            bits.set(doc);
          }
        }
        IvfVectorsReader vectors = (IvfVectorsReader) VectorIndexing.vectorsReader(leaf);
        float[] target = base.row(random().nextInt(base.rows()));
        SearchedLeaf searched =
            new SearchedLeaf(
                vectors.opened(VectorIndexing.FIELD),
                QueryVector.of(target),
                AcceptDocs.fromLiveDocs(bits, bits.length()),
                0,
                false);
        TopKnnCollector collector = new TopKnnCollector(ManySegments.K, visitLimit);
        SegmentLists lists = searched.requireLists();
        int entries = (int) lists.postings().entries();
        CandidateScan scan = new CandidateScan(collector, base.rows(), entries);
        scan.start(DEPTH, Integer.MAX_VALUE);
        int first = scan.add(List.of(searched));
        Codebook codebook = lists.codebook().codebook();
        float[] mapped = target.clone();
        codebook.space().mapQuery(mapped);
        ListScanner scanner =
            new ListScanner(
                lists.postings(),
                new ScannedSegments(new SearchedLeaf[] {searched}, first),
                new QueryCode(codebook.quantizer(), mapped),
                1);
        for (int list = 0; list < lists.meta().nlist(); list++) {
          scan.scan(scanner, list, 0);
        }
        scan.flush();
        check.of(scan, scanner, lists, collector);
      }
    }
  }

  public void testARescanCountsNothingAgain() throws Exception {
    for (int limit : new int[] {Integer.MAX_VALUE, ManySegments.N}) {
      scan(
          0.3,
          limit,
          (scan, _, _, collector) -> {
            double share = scan.acceptedShare();
            long visited = collector.visitedCount();
            assertEquals(0.3, share, 0.1);
            assertTrue("visited " + visited, visited > 0);
            scan.rescan(1);
            assertEquals(share, scan.acceptedShare(), 0);
            assertEquals(visited, collector.visitedCount());
            assertEquals(scan.entries(), scan.vectors());
            scan.rescan(4);
            assertEquals(share, scan.acceptedShare(), 0);
            assertEquals(visited, collector.visitedCount());
          });
    }
  }

  public void testTheShareOfAcceptedVectorsIsKnownWell() throws Exception {
    for (double share : new double[] {0.02, 0.1, 0.5, 0.9, 0.99}) {
      scan(
          share,
          Integer.MAX_VALUE,
          (scan, _, _, _) -> assertEquals(share, scan.acceptedShare(), 0.25 * share));
    }
  }

  /** Ordinals ascend within a list: its first vectors are not like the others. */
  public void testAFilterByTheOrderOfDocumentsIsKnownWell() throws Exception {
    for (double share : new double[] {0.5, 0.8, 0.95}) {
      scan(
          doc -> doc >= (1 - share) * ManySegments.N,
          Integer.MAX_VALUE,
          (scan, _, _, _) -> assertEquals(share, scan.acceptedShare(), 0.06));
    }
  }

  public void testVisitsAreAcceptedVectorsWhereALimitCanBeReached() throws Exception {
    for (int modulus : new int[] {2, 10, 100}) {
      scan(
          doc -> doc % modulus == 0,
          ManySegments.N,
          (scan, _, _, collector) ->
              assertEquals(
                  (double) ManySegments.N / modulus,
                  collector.visitedCount(),
                  scan.hasCopies() ? 0.3 * ManySegments.N / modulus : 0));
      scan(
          doc -> doc % modulus == 0,
          ManySegments.N + 1,
          (_, _, _, collector) -> assertEquals(ManySegments.N, collector.visitedCount()));
    }
  }
}
