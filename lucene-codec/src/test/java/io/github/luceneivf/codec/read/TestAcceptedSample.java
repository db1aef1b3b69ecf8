// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.read;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.codec.ManySegments;
import io.github.luceneivf.codec.VectorIndexing;
import io.github.luceneivf.codec.file.PostingLists;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntPredicate;
import org.apache.lucene.document.Document;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.FixedBitSet;
import org.apache.lucene.util.IOUtils;
import org.junit.AfterClass;
import org.junit.BeforeClass;

/** Where accepted vectors lie, as a sample says. */
public class TestAcceptedSample extends LuceneTestCase {

  private static final int NLIST = 64;

  private static long seed;
  private static FloatMatrix base;
  private static final List<Directory> DIRECTORIES = new ArrayList<>();
  private static final List<DirectoryReader> READERS = new ArrayList<>();

  /** How a segment says what is accepted of it. */
  private enum Kind {
    BIT_SET,
    BITS
  }

  /** One segment and seven; without and with documents that have no vector. */
  @BeforeClass
  public static void index() throws IOException {
    seed = random().nextLong();
    base = ManySegments.base(ManySegments.clusters(seed));
    for (int segments : new int[] {1, 7}) {
      for (boolean sparse : new boolean[] {false, true}) {
        Directory directory = newDirectory();
        DIRECTORIES.add(directory);
        index(directory, segments, sparse);
        READERS.add(DirectoryReader.open(directory));
      }
    }
  }

  private static void index(Directory directory, int segments, boolean sparse) throws IOException {
    try (IndexWriter writer =
        new IndexWriter(
            directory,
            VectorIndexing.config(ManySegments.format(ManySegments.params(NLIST), base)))) {
      for (int segment = 0; segment < segments; segment++) {
        int to = base.rows() * (segment + 1) / segments;
        for (int row = base.rows() * segment / segments; row < to; row++) {
          writer.addDocument(VectorIndexing.document(base, row, ManySegments.L2));
          if (sparse && row % 3 == 0) {
            writer.addDocument(new Document());
          }
        }
        writer.flush();
      }
    }
  }

  @AfterClass
  public static void close() throws IOException {
    IOUtils.close(READERS);
    IOUtils.close(DIRECTORIES);
    READERS.clear();
    DIRECTORIES.clear();
    base = null;
  }

  private List<SearchedLeaf> leaves(DirectoryReader reader, Kind kind, IntPredicate accepted)
      throws IOException {
    List<SearchedLeaf> leaves = new ArrayList<>();
    for (LeafReaderContext leaf : reader.leaves()) {
      var rows = leaf.reader().getNumericDocValues("row");
      FixedBitSet bits = new FixedBitSet(leaf.reader().maxDoc());
      for (int doc = 0; doc < bits.length(); doc++) {
        if (!rows.advanceExact(doc) || accepted.test((int) rows.longValue())) {
          bits.set(doc);
        }
      }
      AcceptDocs docs =
          kind == Kind.BIT_SET
              ? AcceptDocs.fromLiveDocs(bits, bits.length())
              : AcceptDocs.fromLiveDocs(opaque(bits), bits.length());
      IvfVectorsReader vectors = (IvfVectorsReader) VectorIndexing.vectorsReader(leaf.reader());
      leaves.add(
          new SearchedLeaf(vectors.opened(VectorIndexing.FIELD), base.row(0), docs, leaf.docBase));
    }
    return leaves;
  }

  private static Bits opaque(FixedBitSet bits) {
    return new Bits() {
      @Override
      public boolean get(int index) {
        return bits.get(index);
      }

      @Override
      public int length() {
        return bits.length();
      }
    };
  }

  /** Counts accepted vectors list by list, in the lists themselves. */
  private static int[] counted(List<SearchedLeaf> leaves) throws IOException {
    int[] counts = new int[NLIST];
    for (SearchedLeaf leaf : leaves) {
      PostingLists postings = leaf.requireLists().postings();
      PostingLists.Cursor cursor = postings.cursor();
      for (int list = 0; list < NLIST; list++) {
        cursor.moveTo(list);
        for (int at = 0; at < postings.size(list); at++) {
          Bits accepted = leaf.acceptOrds();
          counts[list] += accepted == null || accepted.get(cursor.ord(at)) ? 1 : 0;
        }
      }
    }
    return counts;
  }

  private interface Check {
    void of(String what, AcceptedSample sample, int[] counts) throws IOException;
  }

  private void assertEverywhere(IntPredicate accepted, int wanted, Check check) throws IOException {
    for (DirectoryReader reader : READERS) {
      for (Kind kind : Kind.values()) {
        List<SearchedLeaf> leaves = leaves(reader, kind, accepted);
        String what = kind + ", " + reader + ", seed=" + seed;
        check.of(what, AcceptedSample.of(leaves, wanted), counted(leaves));
      }
    }
  }

  private static double[] asDoubles(int[] counts) {
    return Arrays.stream(counts).asDoubleStream().toArray();
  }

  public void testWhereFewAreAcceptedAllOfThemAreTaken() throws Exception {
    int modulus = 50 + random().nextInt(50);
    assertEverywhere(
        row -> row % modulus == 7,
        ManySegments.N,
        (what, sample, counts) -> {
          assertEquals(what, 1, sample.weight(), 0);
          assertArrayEquals(what, asDoubles(counts), sample.perList(NLIST), 0);
        });
  }

  public void testNothingAcceptedIsAnEmptySample() throws Exception {
    assertEverywhere(_ -> false, 500, (what, sample, _) -> assertEquals(what, 0, sample.size()));
  }

  public void testAFilterByPlaceIsFoundWhereItLies() throws Exception {
    float[] center = base.row(random().nextInt(base.rows()));
    float[] scores = new float[base.rows()];
    for (int row = 0; row < scores.length; row++) {
      scores[row] = ManySegments.L2.compare(center, base.row(row));
    }
    float[] sorted = scores.clone();
    Arrays.sort(sorted);
    float tenth = sorted[sorted.length * 9 / 10];
    assertEverywhere(row -> scores[row] >= tenth, 500, TestAcceptedSample::assertRepresents);
  }

  public void testARandomFilterIsFoundEverywhere() throws Exception {
    for (double share : new double[] {0.03, 0.5, 0.99}) {
      Random chosen = new Random(seed);
      FixedBitSet accepted = new FixedBitSet(base.rows());
      for (int row = 0; row < base.rows(); row++) {
        if (chosen.nextDouble() < share) {
          accepted.set(row);
        }
      }
      assertEverywhere(accepted::get, 500, TestAcceptedSample::assertRepresents);
    }
  }

  /** Documents in the order of space: a window as wide as a list would miss most lists. */
  public void testAcceptedVectorsInARowDoNotCrowdTheSample() throws Exception {
    int from = random().nextInt(base.rows() / 2);
    assertEverywhere(
        row -> row >= from && row < from + base.rows() / 2,
        500,
        TestAcceptedSample::assertRepresents);
  }

  /** Five standard deviations, so that no seed fails by chance. */
  private static void assertRepresents(String what, AcceptedSample sample, int[] counts) {
    int accepted = Arrays.stream(counts).sum();
    assertTrue(what + ": " + sample.size() + " of " + accepted, sample.size() >= 200);
    assertTrue(what + ": " + sample.size() + " of " + accepted, sample.size() <= 1_300);
    assertEquals(
        what, accepted, sample.size() * sample.weight(), 5 * sample.weight() * Math.sqrt(1_300));
    double[] perList = sample.perList(NLIST);
    for (int list = 0; list < NLIST; list++) {
      double deviation = Math.sqrt(counts[list] * sample.weight()) + sample.weight();
      assertEquals(what + ", list " + list, counts[list], perList[list], 5 * deviation);
      assertTrue(what + ", list " + list, counts[list] > 0 || perList[list] == 0);
    }
    for (int i = 0; i < sample.size(); i++) {
      assertTrue(what, counts[sample.list(i)] > 0);
    }
  }

  public void testSameSegmentsAndFilterGiveTheSameSample() throws Exception {
    for (DirectoryReader reader : READERS) {
      double[] first =
          AcceptedSample.of(leaves(reader, Kind.BIT_SET, row -> row % 4 > 0), 300).perList(NLIST);
      double[] again =
          AcceptedSample.of(leaves(reader, Kind.BIT_SET, row -> row % 4 > 0), 300).perList(NLIST);
      assertArrayEquals(first, again, 0);
    }
  }

  /** 500 stretches of 24 ordinals, of which the first and the last is accepted. */
  public void testTheEndsOfStretchesAreTakenAsOftenAsTheOthers() throws Exception {
    for (int from : new int[] {0, 6}) {
      IntPredicate accepted = row -> (row + from) % 24 == 0 || (row + from) % 24 == 23;
      List<SearchedLeaf> leaves = leaves(READERS.getFirst(), Kind.BIT_SET, accepted);
      assertRepresents("from " + from, AcceptedSample.of(leaves, 500), counted(leaves));
    }
  }

  public void testAllThatIsThereIsTakenOnce() throws Exception {
    List<SearchedLeaf> leaves = leaves(READERS.getLast(), Kind.BIT_SET, _ -> true);
    AcceptedSample sample = AcceptedSample.of(leaves, 2 * ManySegments.N);
    assertEquals(1, sample.weight(), 0);
    assertArrayEquals(asDoubles(counted(leaves)), sample.perList(NLIST), 0);
  }
}
