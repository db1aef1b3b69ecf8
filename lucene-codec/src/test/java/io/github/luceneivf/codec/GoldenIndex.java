// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.codebook.Spill;
import io.github.luceneivf.codec.config.IvfParams;
import io.github.luceneivf.codec.config.ListSizing;
import io.github.luceneivf.quantization.Encoding;
import io.github.luceneivf.testdata.VectorGenerators;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene104.Lucene104Codec;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnByteVectorField;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;

/**
 * The index that every version of the format keeps a copy of. {@code main} writes the copy of the
 * current version; it is checked in once, when a version is new, and never again.
 */
final class GoldenIndex {

  static final int DOCS = 300;
  static final int DIM = 16;

  /** Those that the first version had. */
  static final List<Encoding> ENCODINGS = List.of(Encoding.FLOAT32, Encoding.INT8, Encoding.BIT1);

  private GoldenIndex() {}

  static FloatMatrix rows() {
    return VectorGenerators.clusters(DOCS, DIM, 12, 0.4, 2026);
  }

  static String field(Encoding encoding) {
    return encoding.displayName();
  }

  /** A codec with one format instance per field. */
  static Lucene104Codec codec() {
    Map<String, KnnVectorsFormat> formats = new HashMap<>();
    for (Encoding encoding : ENCODINGS) {
      formats.put(
          field(encoding),
          new IvfVectorsFormat(
              IvfParams.DEFAULT
                  .withEncoding(encoding)
                  .withThresholds(new IvfParams.Thresholds(0, 1, 0))
                  .withSizing(ListSizing.fixed(8))
                  .withSpill(new Spill(0.5))));
    }
    IvfVectorsFormat defaults = new IvfVectorsFormat();
    return new Lucene104Codec() {
      @Override
      public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
        return formats.getOrDefault(field, defaults);
      }
    };
  }

  static void write(Directory directory) throws IOException {
    FloatMatrix rows = rows();
    try (IndexWriter writer =
        new IndexWriter(directory, new IndexWriterConfig().setCodec(codec()))) {
      for (int row = 0; row < DOCS; row++) {
        Document document = new Document();
        document.add(new NumericDocValuesField("row", row));
        for (Encoding encoding : ENCODINGS) {
          document.add(
              new KnnFloatVectorField(
                  field(encoding), rows.row(row), VectorSimilarityFunction.EUCLIDEAN));
        }
        document.add(
            new KnnFloatVectorField("exact", rows.row(row), VectorSimilarityFunction.COSINE));
        document.add(
            new KnnByteVectorField(
                "bytes", new byte[] {(byte) row, 1}, VectorSimilarityFunction.EUCLIDEAN));
        writer.addDocument(document);
      }
    }
  }

  static void unzip(InputStream zip, Path to) throws IOException {
    try (ZipInputStream in = new ZipInputStream(zip)) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        Files.copy(in, to.resolve(entry.getName()));
      }
    }
  }

  public static void main(String[] args) throws IOException {
    Path index = Files.createTempDirectory("golden");
    try (Directory directory = FSDirectory.open(index)) {
      write(directory);
    }
    try (OutputStream out = Files.newOutputStream(Path.of(args[0]));
        ZipOutputStream zip = new ZipOutputStream(out);
        Stream<Path> files = Files.list(index)) {
      for (Path file : files.sorted().toList()) {
        if (!file.endsWith("write.lock")) {
          zip.putNextEntry(new ZipEntry(file.getFileName().toString()));
          Files.copy(file, zip);
        }
      }
    }
  }
}
