// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.soak;

import io.github.luceneivf.benchmarks.data.VectorRows;
import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.codec.IvfVectorsFormat;
import io.github.luceneivf.codec.config.IvfParams;
import io.github.luceneivf.codec.config.Ports;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene104.Lucene104Codec;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.SearcherManager;
import org.apache.lucene.store.Directory;
import org.apache.lucene.util.Bits;

/**
 * An index under random work, beside a list of what it must hold. It grows to its size, stays there
 * for a while with as many deletions as additions, is emptied, and grows anew, so that codebooks
 * are trained again and again. Written by one thread; searched by any.
 */
final class SoakIndex implements Closeable {

  static final String VECTOR = "vector";
  private static final String ID = "id";
  private static final String ROW = "row";

  private static final int BATCH = 400;
  private static final int FLUSH_DOCS = 1_500;
  private static final double UPDATES = 0.15;

  /** Operations at full size before all is deleted, as a multiple of the size. */
  private static final double STAY = 1.5;

  private final LiveDocs live = new LiveDocs();
  private final VectorRows data;
  private final VectorSimilarityFunction similarity;
  private final Random random;
  private final int documents;
  private final IndexWriter writer;
  private final SearcherManager searchers;
  private long operationsAtSize;

  SoakIndex(Directory directory, Ports ports, VectorRows data, Metric metric, SoakSettings settings)
      throws IOException {
    this.data = data;
    this.similarity =
        switch (metric) {
          case EUCLIDEAN -> VectorSimilarityFunction.EUCLIDEAN;
          case COSINE -> VectorSimilarityFunction.COSINE;
          case INNER_PRODUCT -> VectorSimilarityFunction.MAXIMUM_INNER_PRODUCT;
        };
    this.random = new Random(settings.seed() + 1);
    this.documents = settings.documents();
    IvfVectorsFormat format = new IvfVectorsFormat(IvfParams.DEFAULT, ports);
    this.writer =
        new IndexWriter(
            directory,
            new IndexWriterConfig()
                .setMaxBufferedDocs(FLUSH_DOCS)
                .setRAMBufferSizeMB(IndexWriterConfig.DISABLE_AUTO_FLUSH)
                .setCodec(
                    new Lucene104Codec() {
                      @Override
                      public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
                        return format;
                      }
                    }));
    this.searchers = new SearcherManager(writer, null);
  }

  VectorSimilarityFunction similarity() {
    return similarity;
  }

  LiveDocs live() {
    return live;
  }

  SearcherManager searchers() {
    return searchers;
  }

  /**
   * Does some operations, and now and then lets searches see them, commits, merges all into one
   * segment, or deletes all.
   */
  void work() throws IOException {
    for (int i = 0; i < BATCH; i++) {
      operation();
    }
    if (random.nextInt(4) == 0) {
      refresh();
    }
    if (random.nextInt(20) == 0) {
      writer.commit();
    }
    if (random.nextInt(60) == 0) {
      writer.forceMerge(1, false);
    }
    if (live.size() >= documents * 9 / 10) {
      operationsAtSize += BATCH;
    }
    if (operationsAtSize > STAY * documents) {
      writer.deleteAll();
      live.clear();
      operationsAtSize = 0;
    }
  }

  private void operation() throws IOException {
    int row = random.nextInt(data.size());
    double kind = random.nextDouble();
    if (kind < UPDATES && live.size() > 0) {
      int id = live.pick(random);
      live.update(id, row);
      writer.updateDocument(term(id), document(id, row));
    } else if (kind < deletions() && live.size() > 0) {
      int id = live.pick(random);
      live.delete(id);
      writer.deleteDocuments(term(id));
    } else {
      int id = live.add(row);
      writer.addDocument(document(id, row));
    }
  }

  /** Few while it grows; as many as additions when it is large. */
  private double deletions() {
    return live.size() < documents ? UPDATES + 0.05 : UPDATES + (1 - UPDATES) / 2 + 0.02;
  }

  private static Term term(int id) {
    return new Term(ID, Integer.toString(id));
  }

  private Document document(int id, int row) {
    Document doc = new Document();
    doc.add(new StringField(ID, Integer.toString(id), Field.Store.NO));
    doc.add(new NumericDocValuesField(ID, id));
    doc.add(new NumericDocValuesField(ROW, row));
    doc.add(new KnnFloatVectorField(VECTOR, data.row(row), similarity));
    return doc;
  }

  /** Lets searches see all that was done. */
  void refresh() throws IOException {
    searchers.maybeRefreshBlocking();
  }

  /** Returns what differs between a reader of the present state and what it must hold. */
  List<String> differences(IndexReader reader) throws IOException {
    List<String> wrong = new ArrayList<>();
    Set<Integer> seen = new HashSet<>();
    for (LeafReaderContext leaf : reader.leaves()) {
      NumericDocValues ids = leaf.reader().getNumericDocValues(ID);
      NumericDocValues rows = leaf.reader().getNumericDocValues(ROW);
      Bits liveDocs = leaf.reader().getLiveDocs();
      for (int doc = 0; doc < leaf.reader().maxDoc(); doc++) {
        if (liveDocs != null && !liveDocs.get(doc)) {
          continue;
        }
        if (ids == null || rows == null || !ids.advanceExact(doc) || !rows.advanceExact(doc)) {
          wrong.add("document without id or row");
          continue;
        }
        int id = (int) ids.longValue();
        if (!seen.add(id)) {
          wrong.add("document twice: id " + id);
        } else if (live.row(id) != rows.longValue()) {
          wrong.add("id " + id + " must have row " + live.row(id) + ", got: " + rows.longValue());
        }
      }
    }
    if (seen.size() != live.size()) {
      wrong.add("documents must be " + live.size() + ", got: " + seen.size());
    }
    return wrong;
  }

  /** Returns the row of each document, by number of the document. */
  static int[] rows(IndexReader reader, int[] docs) throws IOException {
    int[] rows = new int[docs.length];
    for (int i = 0; i < docs.length; i++) {
      LeafReaderContext leaf = reader.leaves().get(ReaderUtil.subIndex(docs[i], reader.leaves()));
      NumericDocValues values = leaf.reader().getNumericDocValues(ROW);
      rows[i] =
          values != null && values.advanceExact(docs[i] - leaf.docBase)
              ? (int) values.longValue()
              : -1;
    }
    return rows;
  }

  /** Commits, and ends all merges. */
  @Override
  public void close() throws IOException {
    searchers.close();
    writer.close();
  }
}
