// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.recall;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.codec.IvfVectorsFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene104.Lucene104Codec;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnByteVectorField;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.store.FSDirectory;

/** Indexes to be measured. */
final class TestIndex {

  static final String FIELD = "v";

  private TestIndex() {}

  static Codec codec(KnnVectorsFormat format) {
    return new Lucene104Codec() {
      @Override
      public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
        return format;
      }
    };
  }

  static Codec ours() {
    return codec(new IvfVectorsFormat());
  }

  static Codec hnsw() {
    return codec(new Lucene99HnswVectorsFormat());
  }

  static IndexWriterConfig config(Codec codec) {
    return new IndexWriterConfig().setCodec(codec).setMergePolicy(NoMergePolicy.INSTANCE);
  }

  /** Adds rows [from, to) as one segment. */
  static void add(Path folder, Codec codec, FloatMatrix rows, int from, int to) throws IOException {
    try (FSDirectory directory = FSDirectory.open(folder);
        IndexWriter writer = new IndexWriter(directory, config(codec))) {
      for (int row = from; row < to; row++) {
        writer.addDocument(document(rows, row));
      }
    }
  }

  static Document document(FloatMatrix rows, int row) {
    Document document = new Document();
    document.add(new StringField("id", Integer.toString(row), Field.Store.NO));
    document.add(new KnnFloatVectorField(FIELD, rows.row(row), VectorSimilarityFunction.EUCLIDEAN));
    document.add(new KnnByteVectorField("bytes", new byte[] {1, 2, 3}));
    return document;
  }

  /** Deletes every tenth row, below {@code rows}. */
  static void deleteTenth(Path folder, int rows) throws IOException {
    try (FSDirectory directory = FSDirectory.open(folder);
        IndexWriter writer = new IndexWriter(directory, config(ours()))) {
      for (int row = 0; row < rows; row += 10) {
        writer.deleteDocuments(new Term("id", Integer.toString(row)));
      }
    }
  }

  /** Writes queries as a file .fvecs. */
  static Path fvecs(Path file, FloatMatrix rows) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.allocate(rows.rows() * (1 + rows.dim()) * Float.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);
    for (int row = 0; row < rows.rows(); row++) {
      bytes.putInt(rows.dim());
      for (float value : rows.row(row)) {
        bytes.putFloat(value);
      }
    }
    return Files.write(file, bytes.array());
  }
}
