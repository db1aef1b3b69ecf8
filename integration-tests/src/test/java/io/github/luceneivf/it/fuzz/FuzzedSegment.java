// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it.fuzz;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.codec.IvfVectorsFormat;
import io.github.luceneivf.codec.config.IvfParams;
import io.github.luceneivf.codec.config.ListSizing;
import io.github.luceneivf.codec.file.FieldMeta;
import io.github.luceneivf.codec.file.IvfFiles;
import io.github.luceneivf.codec.file.MetaFile;
import io.github.luceneivf.quantization.Encoding;
import io.github.luceneivf.testdata.VectorGenerators;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import org.apache.lucene.codecs.CodecUtil;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.lucene104.Lucene104Codec;
import org.apache.lucene.codecs.perfield.PerFieldKnnVectorsFormat;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.FieldInfos;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.SegmentInfo;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.index.SegmentReadState;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.OutputStreamIndexOutput;

/**
 * A segment as it was written, of which a file can be replaced: header and footer are made anew, so
 * that only its content can be wrong. Immutable.
 */
final class FuzzedSegment {

  static final String FIELD = "v";
  static final int DIM = 8;
  private static final int NLIST = 5;

  private final Directory directory = new ByteBuffersDirectory();
  private final SegmentInfo segment;
  private final FieldInfos fieldInfos;
  private final String suffix;
  private final Map<IvfFiles, byte[]> files = new EnumMap<>(IvfFiles.class);
  private final FieldMeta meta;

  /** Writes a segment of so many vectors. */
  FuzzedSegment(Encoding encoding, VectorSimilarityFunction similarity, int vectors)
      throws IOException {
    write(encoding, similarity, vectors);
    this.segment = SegmentInfos.readLatestCommit(directory).info(0).info;
    this.fieldInfos =
        segment.getCodec().fieldInfosFormat().read(directory, segment, "", IOContext.READONCE);
    FieldInfo info = fieldInfos.fieldInfo(FIELD);
    this.suffix =
        info.getAttribute(PerFieldKnnVectorsFormat.PER_FIELD_FORMAT_KEY)
            + "_"
            + info.getAttribute(PerFieldKnnVectorsFormat.PER_FIELD_SUFFIX_KEY);
    for (IvfFiles file : IvfFiles.values()) {
      try (IndexInput in = directory.openInput(name(file), IOContext.READONCE)) {
        byte[] bytes = new byte[(int) in.length()];
        in.readBytes(bytes, 0, bytes.length);
        files.put(file, bytes);
      }
    }
    this.meta = MetaFile.read(state(directory)).get(FIELD);
  }

  private void write(Encoding encoding, VectorSimilarityFunction similarity, int vectors)
      throws IOException {
    KnnVectorsFormat format =
        new IvfVectorsFormat(
            IvfParams.DEFAULT
                .withEncoding(encoding)
                .withThresholds(new IvfParams.Thresholds(0, 1, 0))
                .withSizing(ListSizing.fixed(NLIST)));
    IndexWriterConfig config =
        new IndexWriterConfig()
            .setUseCompoundFile(false)
            .setCodec(
                new Lucene104Codec() {
                  @Override
                  public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
                    return format;
                  }
                });
    FloatMatrix rows = VectorGenerators.unit(vectors, DIM, NLIST, 42);
    try (IndexWriter writer = new IndexWriter(directory, config)) {
      for (int row = 0; row < rows.rows(); row++) {
        Document document = new Document();
        document.add(new KnnFloatVectorField(FIELD, rows.row(row), similarity));
        writer.addDocument(document);
      }
    }
  }

  /** Returns what the segment's own meta data say of the field. */
  FieldMeta meta() {
    return meta;
  }

  int maxDoc() {
    return segment.maxDoc();
  }

  /** Returns a directory of the segment's files. */
  BytesDirectory directory(boolean mapped) {
    BytesDirectory copy = new BytesDirectory(directory, mapped);
    files.forEach((file, bytes) -> copy.with(name(file), bytes));
    return copy;
  }

  private SegmentReadState state(Directory from) {
    return new SegmentReadState(from, segment, fieldInfos, IOContext.DEFAULT, suffix);
  }

  /** Opens a reader of the segment with the files of a directory. */
  KnnVectorsReader open(Directory from) throws IOException {
    return new IvfVectorsFormat().fieldsReader(state(from));
  }

  /** Returns a whole file as it was written. */
  byte[] file(IvfFiles file) {
    return files.get(file).clone();
  }

  String name(IvfFiles file) {
    return file.fileName(segment, suffix);
  }

  /** Returns what a file has between header and footer. */
  byte[] body(IvfFiles file) {
    byte[] bytes = files.get(file);
    return Arrays.copyOfRange(bytes, headerBytes(file), bytes.length - CodecUtil.footerLength());
  }

  /** Returns the bytes of the header of a file. */
  int headerBytes(IvfFiles file) {
    byte[] bytes = files.get(file);
    // Magic, name of the codec after its length in one byte, version, id, suffix after its length.
    int name = Byte.toUnsignedInt(bytes[Integer.BYTES]);
    int beforeSuffix = Integer.BYTES + 1 + name + Integer.BYTES + 16;
    return beforeSuffix + 1 + Byte.toUnsignedInt(bytes[beforeSuffix]);
  }

  /** Returns a whole file with another body: its own header, and the footer that fits. */
  byte[] file(IvfFiles file, byte[] body) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStreamIndexOutput out =
        new OutputStreamIndexOutput("fuzzed", name(file), bytes, 1 << 13)) {
      out.writeBytes(files.get(file), headerBytes(file));
      out.writeBytes(body, body.length);
      CodecUtil.writeFooter(out);
    }
    return bytes.toByteArray();
  }
}
