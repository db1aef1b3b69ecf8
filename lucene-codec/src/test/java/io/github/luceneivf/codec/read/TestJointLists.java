// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.read;

import com.carrotsearch.randomizedtesting.generators.RandomPicks;
import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.codec.IvfVectorsFormat;
import io.github.luceneivf.codec.ManySegments;
import io.github.luceneivf.codec.VectorIndexing;
import io.github.luceneivf.codec.file.PostingLists;
import io.github.luceneivf.quantization.Encoding;
import io.github.luceneivf.search.NearestHits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.MultiReader;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.jspecify.annotations.Nullable;

/** Lists of small segments that are joined in memory once they are searched often. */
public class TestJointLists extends LuceneTestCase {

  private static final int SEGMENTS = 6;

  /** Rounds after which all lists near the queries are joined, one in a search at most. */
  private static final int ROUNDS = 20;

  private final long seed = random().nextLong();
  private final FloatMatrix all = ManySegments.clusters(seed);
  private final FloatMatrix base = ManySegments.base(all);
  private final FloatMatrix queries = ManySegments.queries(all);

  private String what() {
    return "seed=" + seed;
  }

  private IvfVectorsFormat format(Encoding encoding) {
    return ManySegments.format(ManySegments.LISTS.withEncoding(encoding), base);
  }

  private void index(Directory directory, Encoding encoding) throws IOException {
    VectorIndexing.index(directory, format(encoding), base, ManySegments.L2, SEGMENTS);
  }

  private List<NearestHits> search(IndexReader reader, @Nullable Query filter) throws IOException {
    IndexSearcher searcher = new IndexSearcher(reader);
    List<NearestHits> hits = new ArrayList<>();
    for (int q = 0; q < queries.rows(); q++) {
      hits.add(ManySegments.query(queries.row(q), filter).search(searcher));
    }
    return hits;
  }

  private static SegmentLists lists(LeafReader leaf) {
    IvfVectorsReader reader = (IvfVectorsReader) VectorIndexing.vectorsReader(leaf);
    return Objects.requireNonNull(
        reader.opened(VectorIndexing.FIELD).lists(), "segment without lists");
  }

  private static @Nullable JointLists joint(LeafReader first) {
    return lists(first).joint().get();
  }

  private static @Nullable JointLists joint(DirectoryReader reader) {
    return joint(reader.leaves().getFirst().reader());
  }

  private static int joined(DirectoryReader reader) {
    JointLists joint = Objects.requireNonNull(joint(reader), "no search was there");
    int joined = 0;
    for (int list = 0; list < lists(reader.leaves().getFirst().reader()).meta().nlist(); list++) {
      joined += joint.isJoined(list) ? 1 : 0;
    }
    return joined;
  }

  private static PostingLists postings(DirectoryReader reader) {
    JointLists joint = Objects.requireNonNull(joint(reader), "no search was there");
    return Objects.requireNonNull(joint.postings(), "nothing is joined");
  }

  /**
   * Rounding depends on which vectors are scored in one call, equal codes are ranked by where they
   * lie, and accepted vectors are estimated: so now and then one search goes wider than the other.
   */
  private void assertSame(List<NearestHits> expected, List<NearestHits> actual) {
    int different = 0;
    double scanned = 0;
    double others = 0;
    for (int q = 0; q < expected.size(); q++) {
      different += isSame(expected.get(q).topDocs(), actual.get(q).topDocs()) ? 0 : 1;
      scanned += expected.get(q).report().vectorsScanned();
      others += actual.get(q).report().vectorsScanned();
    }
    assertTrue(what() + " different " + different, different <= expected.size() / 20);
    assertEquals(what(), 1, others / scanned, 0.2);
  }

  private static boolean isSame(TopDocs expected, TopDocs actual) {
    ScoreDoc[] hits = expected.scoreDocs;
    ScoreDoc[] others = actual.scoreDocs;
    boolean same = hits.length == others.length;
    for (int i = 0; same && i < hits.length; i++) {
      same = hits[i].doc == others[i].doc && Math.abs(hits[i].score - others[i].score) < 1e-6f;
    }
    return same;
  }

  public void testHitsAreTheSameWithEveryEncoding() throws Exception {
    Encoding other = RandomPicks.randomFrom(random(), Encoding.all());
    for (Encoding encoding : List.of(new Encoding.Bit1(), other)) {
      try (Directory directory = newFSDirectory(createTempDir())) {
        index(directory, encoding);
        try (DirectoryReader reader = DirectoryReader.open(directory)) {
          assertEquals(SEGMENTS, reader.leaves().size());
          assertHitsStay(reader, null);
        }
      }
    }
  }

  private void assertHitsStay(DirectoryReader reader, @Nullable Query filter) throws IOException {
    List<NearestHits> apart = search(reader, filter);
    for (int round = 0; round < ROUNDS; round++) {
      assertSame(apart, search(reader, filter));
    }
    int joined = joined(reader);
    assertTrue(what() + " joined " + joined, joined >= 20);
  }

  public void testHitsAreTheSameWithDeletesAndFilters() throws Exception {
    try (Directory directory = newDirectory()) {
      index(directory, new Encoding.Bit1());
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        assertHitsStay(reader, ManySegments.mods(0, 3, 4, 7));
      }
      try (IndexWriter writer =
          new IndexWriter(directory, VectorIndexing.config(format(new Encoding.Bit1())))) {
        writer.deleteDocuments(ManySegments.mods(1, 2));
        writer.deleteDocuments(new Term("id", "17"));
      }
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        assertTrue(reader.hasDeletions());
        assertHitsStay(reader, null);
        ManySegments.assertRecallAmong(
            reader, all, null, row -> row % 10 != 1 && row % 10 != 2 && row != 17, seed);
      }
    }
  }

  /** Otherwise nothing here would test anything. */
  public void testJoinedListsAreWhatIsSearched() throws Exception {
    try (Directory directory = newDirectory()) {
      index(directory, new Encoding.Float32());
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        assertHitsStay(reader, null);
        List<NearestHits> before = search(reader, null);
        PostingLists.Cursor cursor = postings(reader).cursor();
        cursor.moveTo(0);
        cursor.memory().fill((byte) 0);
        List<NearestHits> after = search(reader, null);
        int changed = 0;
        for (int q = 0; q < before.size(); q++) {
          float best = before.get(q).topDocs().scoreDocs[0].score;
          changed += after.get(q).topDocs().scoreDocs[0].score != best ? 1 : 0;
        }
        assertTrue(what() + " changed " + changed, changed >= 20);
      }
    }
  }

  public void testNothingIsJoinedForAFewSearches() throws Exception {
    try (Directory directory = newDirectory()) {
      index(directory, new Encoding.Bit1());
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        IndexSearcher searcher = new IndexSearcher(reader);
        for (int i = 0; i < 16; i++) {
          ManySegments.query(queries.row(0), null).search(searcher);
          assertEquals(0, joined(reader));
        }
        ManySegments.query(queries.row(0), null).search(searcher);
        assertEquals("one in a search", 1, joined(reader));
        ManySegments.query(queries.row(0), null).search(searcher);
        assertEquals("one in a search", 2, joined(reader));
      }
    }
  }

  public void testASegmentMoreBeginsAnew() throws Exception {
    try (Directory directory = newDirectory();
        IndexWriter writer =
            new IndexWriter(directory, VectorIndexing.config(format(new Encoding.Bit1())))) {
      VectorIndexing.add(writer, base, 0, 3_000, ManySegments.L2);
      writer.flush();
      VectorIndexing.add(writer, base, 3_000, 6_000, ManySegments.L2);
      try (DirectoryReader two = DirectoryReader.open(writer)) {
        assertHitsStay(two, null);
        JointLists ofTwo = joint(two);
        List<NearestHits> fromTwo = search(two, null);
        VectorIndexing.add(writer, base, 6_000, ManySegments.N, ManySegments.L2);
        writer.deleteDocuments(new Term("id", "5"));
        try (DirectoryReader three = DirectoryReader.open(writer)) {
          assertHitsStay(three, null);
          assertNotSame(ofTwo, joint(three));
          assertEquals(entries(three.leaves()), postings(three).entries());
          assertSame(fromTwo, search(two, null));
        }
      }
    }
  }

  private static long entries(List<LeafReaderContext> leaves) {
    return leaves.stream().mapToLong(leaf -> lists(leaf.reader()).postings().entries()).sum();
  }

  public void testWhatNobodySearchesIsNotKept() throws Exception {
    try (Directory directory = newDirectory()) {
      index(directory, new Encoding.Bit1());
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        LeafReader first = reader.leaves().get(0).reader();
        LeafReader second = reader.leaves().get(1).reader();
        LeafReader third = reader.leaves().get(2).reader();
        searchTwo(first, third);
        JointLists withThird = joint(first);
        assertNotNull(withThird);
        searchTwo(first, second);
        assertNotNull(joint(first));
        assertNotSame(withThird, joint(first));
        searchTwo(second, first);
        assertNotNull(joint(second));
        assertNull(joint(first));
      }
    }
  }

  private List<SearchedLeaf> leaves(DirectoryReader reader) throws IOException {
    IndexSearch search = IndexSearch.together(QueryVector.of(queries.row(0)));
    for (LeafReaderContext leaf : reader.leaves()) {
      IvfVectorsReader vectors = (IvfVectorsReader) VectorIndexing.vectorsReader(leaf.reader());
      AcceptDocs everything = AcceptDocs.fromLiveDocs(null, leaf.reader().maxDoc());
      search.add(vectors.opened(VectorIndexing.FIELD), everything, leaf.docBase);
    }
    return search.leaves();
  }

  public void testDamagedOrdinalsAreNotJoined() throws Exception {
    Path folder = createTempDir();
    try (Directory directory = FSDirectory.open(folder)) {
      VectorIndexing.index(
          directory,
          VectorIndexing.config(format(new Encoding.Bit1())).setUseCompoundFile(false),
          base,
          ManySegments.L2,
          SEGMENTS,
          _ -> {});
      int list = 0;
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        SegmentLists last = lists(reader.leaves().getLast().reader());
        while (last.postings().size(list) == 0) {
          list++;
        }
        long offset =
            last.meta().places().postings().offset()
                + PostingLists.offsets(last.postings().layout(), last.meta().sizes())[list];
        overwrite(folder, offset, new byte[] {-1, -1});
      }
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        JointLists joint = JointLists.of(leaves(reader));
        int damaged = list;
        while (!joint.probe(damaged)) {
          assertFalse(joint.isJoined(damaged));
        }
        CorruptIndexException e =
            expectThrows(CorruptIndexException.class, () -> joint.join(damaged));
        assertTrue(e.toString(), e.toString().contains("ordinal in [0, 2000), got: 65535"));
        assertFalse(joint.isJoined(damaged));
      }
    }
  }

  /** Overwrites posting lists of the last segment. */
  private static void overwrite(Path folder, long offset, byte[] bytes) throws IOException {
    try (Stream<Path> files = Files.list(folder).filter(f -> f.toString().endsWith(".ivp"));
        FileChannel channel =
            FileChannel.open(
                files.max(Comparator.naturalOrder()).orElseThrow(), StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(bytes), offset);
    }
  }

  public void testNoMoreIsJoinedThanThereIsMemoryFor() throws Exception {
    try (Directory directory = newDirectory()) {
      index(directory, new Encoding.Bit1());
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        List<SearchedLeaf> leaves = leaves(reader);
        long most = 0;
        for (SearchedLeaf leaf : leaves) {
          most = Math.max(most, leaf.requireLists().meta().places().postings().length());
        }
        assertEquals(leaves, JointLists.small(leaves));
        assertEquals(leaves.subList(0, 3), JointLists.small(leaves, 3 * most));
        assertEquals(List.of(), JointLists.small(leaves, most));
        assertEquals(List.of(), JointLists.small(leaves.subList(0, 1)));
      }
    }
  }

  private void searchTwo(LeafReader first, LeafReader second) throws IOException {
    try (MultiReader two = new MultiReader(new LeafReader[] {first, second}, false)) {
      search(two, null);
    }
  }

  /** The third segment is coded in another way, about the same centroids. */
  public void testOnlyOneEncodingIsJoined() throws Exception {
    Encoding[] encodings = {new Encoding.Bit1(), new Encoding.Bit1(), new Encoding.Int8()};
    int part = ManySegments.N / encodings.length;
    try (Directory directory = newDirectory()) {
      for (int i = 0; i < encodings.length; i++) {
        try (IndexWriter writer =
            new IndexWriter(directory, VectorIndexing.config(format(encodings[i])))) {
          VectorIndexing.add(writer, base, i * part, (i + 1) * part, ManySegments.L2);
        }
      }
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        assertEquals(
            lists(reader.leaves().get(0).reader()).meta().codebook(),
            lists(reader.leaves().get(2).reader()).meta().codebook());
        assertHitsStay(reader, null);
        assertEquals(entries(reader.leaves().subList(0, 2)), postings(reader).entries());
        ManySegments.assertRecallAmong(reader, all, null, _ -> true, seed);
      }
    }
  }

  public void testLargeSegmentsStayApart() throws Exception {
    FloatMatrix rows = base;
    try (Directory directory = newDirectory();
        IndexWriter writer =
            new IndexWriter(
                directory,
                VectorIndexing.config(ManySegments.format(ManySegments.params(40), rows)))) {
      VectorIndexing.add(writer, rows, 0, 2_000, ManySegments.L2);
      writer.flush();
      VectorIndexing.add(writer, rows, 2_000, 10_000, ManySegments.L2);
      writer.flush();
      VectorIndexing.add(writer, rows, 10_000, ManySegments.N, ManySegments.L2);
      try (DirectoryReader reader = DirectoryReader.open(writer)) {
        assertHitsStay(reader, null);
        long large = entries(reader.leaves().subList(1, 2));
        assertEquals(entries(reader.leaves()) - large, postings(reader).entries());
        ManySegments.assertRecallAmong(reader, all, null, _ -> true, seed);
      }
    }
  }

  public void testManyThreadsAtOnce() throws Exception {
    try (Directory directory = newDirectory()) {
      index(directory, new Encoding.Bit1());
      try (DirectoryReader reader = DirectoryReader.open(directory);
          ExecutorService executor = Executors.newFixedThreadPool(4)) {
        List<NearestHits> apart = search(reader, null);
        List<Callable<List<NearestHits>>> searches = new ArrayList<>();
        for (int i = 0; i < 2 * ROUNDS; i++) {
          searches.add(() -> search(reader, null));
        }
        for (Future<List<NearestHits>> hits : executor.invokeAll(searches)) {
          assertSame(apart, hits.get());
        }
        assertTrue(joined(reader) >= 20);
      }
    }
  }
}
