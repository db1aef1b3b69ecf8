// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it;

import io.github.luceneivf.benchmarks.data.DataSet;
import io.github.luceneivf.clustering.Metric;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene104.Lucene104Codec;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.TieredMergePolicy;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;

/** A data set in a Lucene index: field {@code "vector"}, one document per row of the base. */
public final class VectorIndex implements Closeable {

  /** The vector field. */
  static final String FIELD = "vector";

  private final Directory directory;
  private final DirectoryReader reader;
  private final int[] rows;

  private VectorIndex(Directory directory, DirectoryReader reader) throws IOException {
    this.directory = directory;
    this.reader = reader;
    this.rows = new int[reader.maxDoc()];
    for (LeafReaderContext leaf : reader.leaves()) {
      NumericDocValues values = Objects.requireNonNull(leaf.reader().getNumericDocValues("row"));
      for (int doc = 0; doc < leaf.reader().maxDoc(); doc++) {
        values.nextDoc();
        rows[leaf.docBase + doc] = (int) values.longValue();
      }
    }
  }

  /** Writes a data set as {@code segments} segments of equal size and leaves them unmerged. */
  static VectorIndex write(Path folder, DataSet data, KnnVectorsFormat format, int segments)
      throws IOException {
    int rows = data.base().size();
    IndexWriterConfig config =
        config(format)
            .setMergePolicy(NoMergePolicy.INSTANCE)
            .setMaxBufferedDocs((rows + segments - 1) / segments)
            .setRAMBufferSizeMB(IndexWriterConfig.DISABLE_AUTO_FLUSH);
    Directory directory = FSDirectory.open(folder);
    try (IndexWriter writer = new IndexWriter(directory, config)) {
      for (int row = 0; row < rows; row++) {
        Document doc = new Document();
        doc.add(new NumericDocValuesField("row", row));
        doc.add(new KnnFloatVectorField(FIELD, data.base().row(row), similarity(data.metric())));
        writer.addDocument(doc);
      }
    }
    return new VectorIndex(directory, DirectoryReader.open(directory));
  }

  /** Merges the index in a folder into one segment. */
  static VectorIndex forceMerge(Path folder, KnnVectorsFormat format) throws IOException {
    Directory directory = FSDirectory.open(folder);
    try (IndexWriter writer =
        new IndexWriter(directory, config(format).setMergePolicy(new TieredMergePolicy()))) {
      writer.forceMerge(1);
    }
    return new VectorIndex(directory, DirectoryReader.open(directory));
  }

  /** Opens the index in a folder. */
  static VectorIndex open(Path folder) throws IOException {
    Directory directory = FSDirectory.open(folder);
    return new VectorIndex(directory, DirectoryReader.open(directory));
  }

  private static IndexWriterConfig config(KnnVectorsFormat format) {
    return new IndexWriterConfig().setCodec(codec(format));
  }

  /** Returns Lucene's codec with one vectors format for all fields. */
  public static Codec codec(KnnVectorsFormat format) {
    return new Lucene104Codec() {
      @Override
      public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
        return format;
      }
    };
  }

  static VectorSimilarityFunction similarity(Metric metric) {
    return switch (metric) {
      case EUCLIDEAN -> VectorSimilarityFunction.EUCLIDEAN;
      case COSINE -> VectorSimilarityFunction.COSINE;
      case INNER_PRODUCT -> VectorSimilarityFunction.MAXIMUM_INNER_PRODUCT;
    };
  }

  IndexSearcher searcher() {
    return new IndexSearcher(reader);
  }

  DirectoryReader reader() {
    return reader;
  }

  int segments() {
    return reader.leaves().size();
  }

  /** Returns the row of the base that a document holds. */
  int row(int doc) {
    return rows[doc];
  }

  @Override
  public void close() throws IOException {
    reader.close();
    directory.close();
  }
}
