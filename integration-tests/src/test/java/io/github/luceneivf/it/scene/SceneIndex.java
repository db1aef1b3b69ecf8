// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it.scene;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.IntField;
import org.apache.lucene.document.IntPoint;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.MergePolicy;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.index.SortedNumericDocValues;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.TieredMergePolicy;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.util.IOUtils;

/** The documents of a scene in an index in a folder of its own, which is deleted in the end. */
final class SceneIndex implements Closeable {

  /** The vector field. */
  static final String FIELD = "vector";

  /** Matches parents, which have no vectors. */
  static final Query PARENTS = new TermQuery(new Term("kind", "parent"));

  private static final String ROW = "row";

  /** A field with another order than that of the rows. */
  private static final String ORDER = "order";

  private final Path folder;
  private final Directory directory;
  private final DirectoryReader reader;
  private final int[] rows;

  private SceneIndex(Path folder, Directory directory) throws IOException {
    this.folder = folder;
    this.directory = directory;
    this.reader = DirectoryReader.open(directory);
    this.rows = new int[reader.maxDoc()];
    Arrays.fill(rows, -1);
    for (LeafReaderContext leaf : reader.leaves()) {
      SortedNumericDocValues values = leaf.reader().getSortedNumericDocValues(ROW);
      while (values != null && values.nextDoc() != SortedNumericDocValues.NO_MORE_DOCS) {
        rows[leaf.docBase + values.docID()] = (int) values.nextValue();
      }
    }
  }

  /** Writes an index. */
  static SceneIndex write(SceneData data, Layout layout, Codec codec) throws IOException {
    Path folder = Files.createTempDirectory("scene");
    Directory directory = FSDirectory.open(folder);
    try (IndexWriter writer = writer(directory, layout, codec, NoMergePolicy.INSTANCE)) {
      for (int flush = 0; flush < layout.flushes(); flush++) {
        if (layout.isCollected()) {
          addIndex(writer, data, layout, codec, flush);
        } else {
          add(writer, data, layout, flush);
          writer.flush();
        }
      }
      writer.deleteDocuments(
          rows(
              IntStream.range(0, data.size())
                  .filter(row -> !layout.isLive(row, data.size()))
                  .toArray()));
    }
    if (layout.after() == Layout.After.MERGE || layout.after() == Layout.After.MERGE_SORTED) {
      try (IndexWriter writer = writer(directory, layout, codec, new TieredMergePolicy())) {
        writer.forceMerge(1);
      }
    }
    return new SceneIndex(folder, directory);
  }

  private static IndexWriter writer(
      Directory directory, Layout layout, Codec codec, MergePolicy merges) throws IOException {
    IndexWriterConfig config =
        new IndexWriterConfig()
            .setCodec(codec)
            .setMergePolicy(merges)
            .setMaxBufferedDocs(Integer.MAX_VALUE)
            .setRAMBufferSizeMB(IndexWriterConfig.DISABLE_AUTO_FLUSH);
    if (layout.after() == Layout.After.MERGE_SORTED) {
      config.setIndexSort(new Sort(new SortField(ORDER, SortField.Type.INT)));
    }
    return new IndexWriter(directory, config);
  }

  /** Adds the documents of a flush from an index of their own, which knows no other's codebook. */
  private static void addIndex(
      IndexWriter writer, SceneData data, Layout layout, Codec codec, int flush)
      throws IOException {
    try (Directory part = new ByteBuffersDirectory()) {
      try (IndexWriter its = writer(part, layout, codec, NoMergePolicy.INSTANCE)) {
        add(its, data, layout, flush);
      }
      writer.addIndexes(part);
    }
  }

  /** Adds the documents of one flush; parents stay with their children. */
  private static void add(IndexWriter writer, SceneData data, Layout layout, int flush)
      throws IOException {
    int block = Math.max(1, layout.children());
    int blocks = data.size() / block;
    int from = layout.start(flush, blocks) * block;
    int to = layout.start(flush + 1, blocks) * block;
    for (int row = from; row < to; row += block) {
      List<Document> documents = new ArrayList<>(block + 1);
      for (int child = row; child < row + block; child++) {
        documents.add(document(data, child));
      }
      if (layout.children() > 0) {
        Document parent = new Document();
        parent.add(new StringField("kind", "parent", Field.Store.NO));
        documents.add(parent);
      }
      writer.addDocuments(documents);
      if (layout.after() == Layout.After.MERGE_SORTED) {
        writer.addDocument(new Document());
      }
    }
  }

  private static Document document(SceneData data, int row) {
    Document document = new Document();
    document.add(new IntField(ROW, row, Field.Store.NO));
    document.add(new NumericDocValuesField(ORDER, row * 0x9E3779B9 >>> 1));
    document.add(new KnnFloatVectorField(FIELD, data.documents()[row], data.similarity()));
    return document;
  }

  /** Returns a query for documents by their rows. */
  static Query rows(int... rows) {
    return IntPoint.newSetQuery(ROW, rows);
  }

  IndexSearcher searcher() {
    return new IndexSearcher(reader);
  }

  /** Returns the rows of hits. */
  int[] rowsOf(ScoreDoc[] hits) {
    return Arrays.stream(hits).mapToInt(hit -> rows[hit.doc]).toArray();
  }

  @Override
  public void close() throws IOException {
    IOUtils.close(reader, directory);
    IOUtils.rm(folder);
  }
}
