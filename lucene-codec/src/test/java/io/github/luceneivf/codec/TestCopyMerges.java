// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.codec.config.IvfParams;
import io.github.luceneivf.codec.config.ListSizing;
import io.github.luceneivf.codec.config.Ports;
import io.github.luceneivf.codec.telemetry.IndexEvent;
import io.github.luceneivf.codec.telemetry.IndexEvent.Action;
import io.github.luceneivf.codec.telemetry.MergeCounts;
import io.github.luceneivf.codec.telemetry.MergeCounts.Input;
import io.github.luceneivf.quantization.Encoding;
import io.github.luceneivf.testdata.VectorGenerators;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.CodecReader;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;

/** Merges that copy codes give the bytes that encoding anew gives, and encode nothing. */
public class TestCopyMerges extends LuceneTestCase {

  private static final int N = 3_000;
  private static final int DIM = 24;
  private static final VectorSimilarityFunction F = VectorSimilarityFunction.EUCLIDEAN;
  private static final IvfParams LISTS =
      IvfParams.DEFAULT
          .withThresholds(new IvfParams.Thresholds(50, 600, 2))
          .withSizing(ListSizing.fixed(32));
  private static final Sort BY_KEY = new Sort(new SortField("key", SortField.Type.LONG));

  private final List<IndexEvent> events = Collections.synchronizedList(new ArrayList<>());
  private final CodedSegments.CountingEncoder encoder = new CodedSegments.CountingEncoder();

  private IvfVectorsFormat format(IvfParams params) {
    return new IvfVectorsFormat(params, Ports.LOCAL.withEncoder(encoder).withListener(events::add));
  }

  private static FloatMatrix rows(int n, long seed) {
    return VectorGenerators.clusters(n, DIM, 40, 0.6, seed);
  }

  private IndexEvent onlyMerge() {
    List<IndexEvent> merges =
        events.stream().filter(e -> e.cause() == IndexEvent.Cause.MERGE).toList();
    assertEquals(1, merges.size());
    return merges.getFirst();
  }

  private static void assertCodedAnew(Directory directory, int vectors) throws IOException {
    try (DirectoryReader reader = DirectoryReader.open(directory)) {
      assertEquals(1, reader.leaves().size());
      assertEquals(vectors, CodedSegments.lists(VectorIndexing.onlyLeaf(reader)).values().size());
      CodedSegments.assertAsEncodedAnew(VectorIndexing.onlyLeaf(reader));
    }
  }

  private static Encoding randomEncoding() {
    return Encoding.all().get(random().nextInt(Encoding.all().size()));
  }

  public void testEverythingIsCopied() throws Exception {
    IvfVectorsFormat format = format(LISTS.withEncoding(randomEncoding()));
    try (Directory directory = newDirectory()) {
      VectorIndexing.index(directory, format, rows(N, 7), F, 3);
      VectorIndexing.forceMerge(directory, format);
      IndexEvent merge = onlyMerge();
      assertEquals(Action.COPY, merge.action());
      assertEquals(new MergeCounts(N, 0, Map.of(Input.COPIED, 3)), merge.merged());
      assertEquals("vectors encoded by the merge", 0, encoder.vectors());
      assertCodedAnew(directory, N);
    }
  }

  public void testDeletedVectorsDropOut() throws Exception {
    IvfVectorsFormat format = format(LISTS);
    try (Directory directory = newDirectory()) {
      VectorIndexing.index(
          directory,
          VectorIndexing.config(format),
          rows(N, 8),
          F,
          3,
          writer -> {
            try {
              for (int mod = 0; mod < 3; mod++) {
                writer.deleteDocuments(new Term("mod", Integer.toString(mod)));
              }
            } catch (IOException e) {
              throw new java.io.UncheckedIOException(e);
            }
          });
      VectorIndexing.forceMerge(directory, format);
      assertEquals(N * 7 / 10, onlyMerge().merged().vectorsCopied());
      assertEquals(0, encoder.vectors());
      assertCodedAnew(directory, N * 7 / 10);
    }
  }

  /** Documents of all segments interleave, some have no vector, some are deleted. */
  public void testIndexSort() throws Exception {
    IvfVectorsFormat format = format(LISTS);
    FloatMatrix rows = rows(N, 9);
    int live = 0;
    try (Directory directory = newDirectory()) {
      IndexWriterConfig config = VectorIndexing.config(format).setIndexSort(BY_KEY);
      try (IndexWriter writer = new IndexWriter(directory, config)) {
        for (int row = 0; row < N; row++) {
          Document document = new Document();
          if (row % 3 != 2) {
            document = VectorIndexing.document(rows, row, F);
            live += row % 9 == 0 ? 0 : 1;
          } else {
            document.add(new StringField("id", Integer.toString(row), Field.Store.NO));
          }
          document.add(new NumericDocValuesField("key", row * 7919L % N));
          writer.addDocument(document);
          if (row % 1_000 == 999) {
            writer.flush();
          }
        }
        for (int row = 0; row < N; row += 9) {
          writer.deleteDocuments(new Term("id", Integer.toString(row)));
        }
        writer.commit();
      }
      IndexWriterConfig merging =
          new IndexWriterConfig()
              .setCodec(TestUtil.alwaysKnnVectorsFormat(format))
              .setIndexSort(BY_KEY);
      try (IndexWriter writer = new IndexWriter(directory, merging)) {
        writer.forceMerge(1);
      }
      assertEquals(Action.COPY, onlyMerge().action());
      assertEquals(0, encoder.vectors());
      assertCodedAnew(directory, live);
    }
  }

  /** The largest codebook is copied from; everything else is encoded with it, in one merge. */
  public void testInputsOfAllKinds() throws Exception {
    for (IvfParams params : List.of(LISTS, LISTS.withMergeBudgetBytes(1_024))) {
      events.clear();
      long before = encoder.vectors();
      try (Directory target = newDirectory();
          Directory other = newDirectory();
          Directory hnsw = newDirectory()) {
        VectorIndexing.index(target, format(LISTS), rows(2_000, 1), F, 2);
        VectorIndexing.index(other, format(LISTS), rows(700, 2), F, 1);
        VectorIndexing.index(hnsw, new Lucene99HnswVectorsFormat(), rows(300, 3), F, 1);
        try (IndexWriter writer = new IndexWriter(target, VectorIndexing.config(format(LISTS)))) {
          VectorIndexing.add(writer, rows(63, 4), 0, 63, F);
          writer.flush();
          VectorIndexing.add(writer, rows(40, 5), 0, 40, F);
          writer.flush();
          writer.addIndexes(other, hnsw);
          writer.deleteDocuments(new Term("mod", "3"));
          writer.commit();
        }
        VectorIndexing.forceMerge(target, format(params));
        IndexEvent merge = onlyMerge();
        assertEquals(Action.REASSIGN, merge.action());
        assertEquals(
            new MergeCounts(
                1_800,
                630 + 270 + 57 + 36,
                Map.of(
                    Input.COPIED, 2,
                    Input.OTHER_LISTS, 1,
                    Input.ONE_LIST, 1,
                    Input.EXACT, 1,
                    Input.FOREIGN, 1)),
            merge.merged());
        assertEquals(630 + 270 + 57 + 36, encoder.vectors() - before);
        assertCodedAnew(target, 1_800 + 630 + 270 + 57 + 36);
        for (String file : target.listAll()) {
          assertFalse("left behind: " + file, file.endsWith(".tmp"));
        }
      }
    }
  }

  public void testAnotherEncodingIsNotCopied() throws Exception {
    try (Directory directory = newDirectory()) {
      VectorIndexing.index(directory, format(LISTS), rows(N, 7), F, 2);
      VectorIndexing.forceMerge(directory, format(LISTS.withEncoding(Encoding.INT8)));
      assertEquals(Action.ASSIGN, onlyMerge().action());
      assertEquals(new MergeCounts(0, N, Map.of(Input.OTHER_LISTS, 2)), onlyMerge().merged());
      assertCodedAnew(directory, N);
    }
  }

  /** Readers given to addIndexes are merged at once: their codes are copied. */
  public void testAddIndexesOfReadersCopies() throws Exception {
    IvfVectorsFormat format = format(LISTS);
    try (Directory source = newDirectory();
        Directory target = newDirectory()) {
      VectorIndexing.index(source, format, rows(N, 7), F, 2);
      try (DirectoryReader reader = DirectoryReader.open(source);
          IndexWriter writer = new IndexWriter(target, VectorIndexing.config(format))) {
        writer.addIndexes(
            reader.leaves().stream()
                .map(leaf -> (CodecReader) leaf.reader())
                .toArray(CodecReader[]::new));
        writer.forceMerge(1);
        writer.commit();
      }
      int copied =
          events.stream()
              .filter(e -> e.cause() == IndexEvent.Cause.MERGE)
              .mapToInt(e -> e.merged().vectorsCopied())
              .sum();
      assertTrue("copied: " + copied, copied >= N);
      assertEquals(0, encoder.vectors());
      assertCodedAnew(target, N);
    }
  }

  public void testBytesDoNotDependOnTheBudget() throws Exception {
    try (Directory directory = new ByteBuffersDirectory()) {
      VectorIndexing.index(directory, format(LISTS), rows(N, 7), F, 3);
      VectorIndexing.forceMerge(directory, format(LISTS.withMergeBudgetBytes(1_024)));
      assertEquals(Action.COPY, onlyMerge().action());
      assertCodedAnew(directory, N);
    }
  }
}
