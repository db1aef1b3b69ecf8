// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec;

import io.github.luceneivf.codec.config.IvfParams;
import io.github.luceneivf.codec.config.ListSizing;
import io.github.luceneivf.codec.file.ListsProvider;
import io.github.luceneivf.codec.file.PostingLists;
import io.github.luceneivf.codec.file.StoredLists;
import io.github.luceneivf.probe.IvfSearchStrategy;
import io.github.luceneivf.quantization.Encoding;
import io.github.luceneivf.search.IvfKnnByteVectorQuery;
import io.github.luceneivf.search.IvfKnnFloatVectorQuery;
import io.github.luceneivf.search.NearestHits;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.perfield.PerFieldKnnVectorsFormat;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.index.CodecReader;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.codecs.asserting.AssertingCodec;
import org.apache.lucene.tests.util.LuceneTestCase;

/**
 * A field of bytes beside one of floats that has the same numbers: flushes and merges give both the
 * same codebooks, lists, codes and statistics, bit for bit, and searches the same hits.
 */
public class TestByteFieldTwin extends LuceneTestCase {

  private static final String BYTES = VectorIndexing.FIELD;
  private static final String FLOATS = "floats";
  private static final int N = 3_200;
  private static final int DIM = 24;

  private final long seed = random().nextLong();
  private final ByteRows rows = ByteRows.clusters(N, DIM, 50, seed);

  /** One format each: they share no files. */
  private static Codec codec(IvfParams params) {
    KnnVectorsFormat bytes = new IvfVectorsFormat(params);
    KnnVectorsFormat floats = new IvfVectorsFormat(params);
    return new AssertingCodec() {
      @Override
      public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
        return field.equals(BYTES) ? bytes : floats;
      }
    };
  }

  private Document document(int row, VectorSimilarityFunction f) {
    if (row % 7 == 3) {
      return new Document(); // neither
    }
    Document document = rows.document(row, f);
    // Bytes have no unit length, so their DOT_PRODUCT is what of floats is the inner product.
    VectorSimilarityFunction ofFloats =
        f == VectorSimilarityFunction.DOT_PRODUCT
            ? VectorSimilarityFunction.MAXIMUM_INNER_PRODUCT
            : f;
    document.add(new KnnFloatVectorField(FLOATS, rows.floats(row), ofFloats));
    document.add(new NumericDocValuesField("key", row * 7919L % 1013));
    return document;
  }

  public void testFilesAndHitsAreTheSame() throws Exception {
    int i = random().nextInt(Encoding.all().size());
    for (VectorSimilarityFunction f : VectorSimilarityFunction.values()) {
      Encoding encoding = Encoding.all().get(i++ % Encoding.all().size());
      IvfParams params =
          IvfParams.DEFAULT
              .withEncoding(encoding)
              .withThresholds(new IvfParams.Thresholds(100, 600, 3))
              .withSizing(ListSizing.fixed(24));
      live(f, params, f + " " + encoding.displayName() + " seed=" + seed);
    }
  }

  private void live(VectorSimilarityFunction f, IvfParams params, String what) throws IOException {
    IndexWriterConfig config =
        new IndexWriterConfig()
            .setCodec(codec(params))
            .setMergePolicy(NoMergePolicy.INSTANCE)
            .setMaxBufferedDocs(IndexWriterConfig.DISABLE_AUTO_FLUSH)
            .setRAMBufferSizeMB(1000)
            .setIndexSort(new Sort(new SortField("key", SortField.Type.LONG)));
    try (Directory directory = new ByteBuffersDirectory()) {
      int[] flushes = {60, 400, 1_700, N};
      try (IndexWriter writer = new IndexWriter(directory, config)) {
        int row = 0;
        for (int to : flushes) {
          for (; row < to; row++) {
            writer.addDocument(document(row, f));
          }
          writer.flush();
        }
        writer.deleteDocuments(ManySegments.mods(4));
      }
      assertSame(directory, flushes.length, f, what);
      // Copies, or trains where nothing is alike any more.
      try (IndexWriter writer =
          new IndexWriter(
              directory,
              new IndexWriterConfig()
                  .setCodec(codec(params))
                  .setIndexSort(new Sort(new SortField("key", SortField.Type.LONG))))) {
        writer.forceMerge(1);
      }
      assertSame(directory, 1, f, what + " merged");
    }
  }

  private void assertSame(
      Directory directory, int segments, VectorSimilarityFunction f, String what)
      throws IOException {
    try (DirectoryReader reader = DirectoryReader.open(directory)) {
      assertEquals(segments, reader.leaves().size());
      int listed = 0;
      for (LeafReaderContext leaf : reader.leaves()) {
        Optional<StoredLists> bytes = lists(leaf.reader(), BYTES);
        Optional<StoredLists> floats = lists(leaf.reader(), FLOATS);
        assertEquals(what, floats.isPresent(), bytes.isPresent());
        if (bytes.isPresent()) {
          assertSame(floats.get(), bytes.get(), what);
          listed++;
          if (bytes.get().meta().nlist() > 1) {
            CodedSegments.assertAsEncodedAnew(leaf.reader());
          }
        }
      }
      assertTrue("segments with lists: " + listed, listed >= Math.min(3, segments));
      IvfStatistics ofBytes = IvfStatistics.of(reader, BYTES);
      assertEquals(what, IvfStatistics.of(reader, FLOATS), ofBytes);
      assertFalse(what, ofBytes.codebooks().isEmpty());
      if (f != VectorSimilarityFunction.COSINE) { // which Lucene rounds differently
        assertSameHits(new IndexSearcher(reader), what);
      }
    }
  }

  private static Optional<StoredLists> lists(LeafReader leaf, String field) throws IOException {
    KnnVectorsReader vectors = ((CodecReader) leaf).getVectorReader();
    KnnVectorsReader own = ((PerFieldKnnVectorsFormat.FieldsReader) vectors).getFieldReader(field);
    return ((ListsProvider) own).lists(field);
  }

  private static void assertSame(StoredLists floats, StoredLists bytes, String what)
      throws IOException {
    assertEquals(what, floats.meta().codebook(), bytes.meta().codebook());
    assertEquals(what, floats.meta().encoding(), bytes.meta().encoding());
    assertEquals(what, floats.meta().calibration(), bytes.meta().calibration());
    assertEquals(what, floats.meta().statistics(), bytes.meta().statistics());
    assertArrayEquals(what, floats.meta().sizes(), bytes.meta().sizes());
    int recordBytes = bytes.meta().encoding().recordBytes(DIM);
    byte[] one = new byte[recordBytes];
    byte[] other = new byte[recordBytes];
    PostingLists.Cursor first = floats.postings().cursor();
    PostingLists.Cursor second = bytes.postings().cursor();
    for (int list = 0; list < bytes.postings().nlist(); list++) {
      int size = bytes.postings().size(list);
      if (size > 0) {
        first.moveTo(list);
        second.moveTo(list);
      }
      for (int at = 0; at < size; at++) {
        assertEquals(what, first.ord(at), second.ord(at));
        first.record(at, one, 0);
        second.record(at, other, 0);
        assertArrayEquals(what, one, other);
      }
    }
  }

  private void assertSameHits(IndexSearcher searcher, String what) throws IOException {
    IvfSearchStrategy narrow = IvfSearchStrategy.nprobe(3).oversample(2);
    for (int query = 0; query < 40; query++) {
      IvfSearchStrategy strategy = query % 2 == 0 ? narrow : IvfSearchStrategy.CALIBRATED;
      int row = query * 79;
      NearestHits bytes =
          new IvfKnnByteVectorQuery(BYTES, rows.row(row), 10, null, strategy).search(searcher);
      NearestHits floats =
          new IvfKnnFloatVectorQuery(FLOATS, rows.floats(row), 10, null, strategy).search(searcher);
      assertEquals(what, floats.report(), bytes.report());
      assertEquals(what, docs(floats), docs(bytes));
    }
  }

  /** Documents, those of equal scores in their order. */
  private static List<Integer> docs(NearestHits hits) {
    List<Integer> docs = new ArrayList<>();
    for (ScoreDoc hit : Arrays.asList(hits.topDocs().scoreDocs)) {
      docs.add(hit.doc);
    }
    return docs;
  }
}
