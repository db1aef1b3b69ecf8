// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec;

import io.github.luceneivf.clustering.FloatMatrix;
import java.io.IOException;
import java.util.function.Consumer;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.perfield.PerFieldKnnVectorsFormat;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.CodecReader;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.util.TestUtil;

/** Indexes matrices for tests: row i is the document whose doc value {@code row} is i. */
public final class VectorIndexing {

  public static final String FIELD = "v";

  private VectorIndexing() {}

  public static IndexWriterConfig config(KnnVectorsFormat format) {
    return new IndexWriterConfig()
        .setCodec(TestUtil.alwaysKnnVectorsFormat(format))
        .setMergePolicy(NoMergePolicy.INSTANCE)
        .setRAMBufferSizeMB(1000)
        .setMaxBufferedDocs(IndexWriterConfig.DISABLE_AUTO_FLUSH);
  }

  /** Adds rows [from, to), each with the string field {@code mod} = row mod 10. */
  public static void add(
      IndexWriter writer, FloatMatrix rows, int from, int to, VectorSimilarityFunction similarity)
      throws IOException {
    for (int row = from; row < to; row++) {
      writer.addDocument(document(rows, row, similarity));
    }
  }

  public static Document document(FloatMatrix rows, int row, VectorSimilarityFunction similarity) {
    Document document = new Document();
    document.add(new NumericDocValuesField("row", row));
    document.add(new StringField("id", Integer.toString(row), Field.Store.NO));
    document.add(new StringField("mod", Integer.toString(row % 10), Field.Store.NO));
    document.add(new KnnFloatVectorField(FIELD, rows.row(row), similarity));
    return document;
  }

  /** Indexes all rows in so many flushes, without merging. */
  public static void index(
      Directory directory,
      KnnVectorsFormat format,
      FloatMatrix rows,
      VectorSimilarityFunction similarity,
      int flushes)
      throws IOException {
    index(directory, config(format), rows, similarity, flushes, _ -> {});
  }

  public static void index(
      Directory directory,
      IndexWriterConfig config,
      FloatMatrix rows,
      VectorSimilarityFunction similarity,
      int flushes,
      Consumer<IndexWriter> after)
      throws IOException {
    try (IndexWriter writer = new IndexWriter(directory, config)) {
      for (int flush = 0; flush < flushes; flush++) {
        int from = (int) ((long) rows.rows() * flush / flushes);
        int to = (int) ((long) rows.rows() * (flush + 1) / flushes);
        add(writer, rows, from, to, similarity);
        writer.flush();
      }
      after.accept(writer);
      writer.commit();
    }
  }

  /** Merges everything to one segment. */
  public static void forceMerge(Directory directory, KnnVectorsFormat format) throws IOException {
    IndexWriterConfig config =
        new IndexWriterConfig().setCodec(TestUtil.alwaysKnnVectorsFormat(format));
    try (IndexWriter writer = new IndexWriter(directory, config)) {
      writer.forceMerge(1);
    }
  }

  /** Rows of the hits of a query, best first. */
  public static int[] search(IndexSearcher searcher, Query query, int k) throws IOException {
    ScoreDoc[] hits = searcher.search(query, k).scoreDocs;
    int[] rows = new int[hits.length];
    for (int i = 0; i < hits.length; i++) {
      rows[i] = row(searcher, hits[i].doc);
    }
    return rows;
  }

  public static int row(IndexSearcher searcher, int doc) throws IOException {
    var leaves = searcher.getIndexReader().leaves();
    var leaf = leaves.get(ReaderUtil.subIndex(doc, leaves));
    NumericDocValues rows = leaf.reader().getNumericDocValues("row");
    rows.advanceExact(doc - leaf.docBase);
    return (int) rows.longValue();
  }

  /** The format's own reader of the field in a segment. */
  public static KnnVectorsReader vectorsReader(LeafReader reader) {
    KnnVectorsReader vectors = ((CodecReader) reader).getVectorReader();
    return vectors instanceof PerFieldKnnVectorsFormat.FieldsReader perField
        ? perField.getFieldReader(FIELD)
        : vectors;
  }

  public static LeafReader onlyLeaf(DirectoryReader reader) {
    return reader.leaves().getFirst().reader();
  }
}
