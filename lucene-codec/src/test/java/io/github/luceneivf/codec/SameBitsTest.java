// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.codebook.Spill;
import io.github.luceneivf.codec.config.IvfParams;
import io.github.luceneivf.codec.config.ListSizing;
import io.github.luceneivf.codec.file.IvfFiles;
import io.github.luceneivf.kernel.Kernels;
import io.github.luceneivf.quantization.Encoding;
import io.github.luceneivf.testdata.VectorGenerators;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.apache.lucene.codecs.CodecUtil;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene104.Lucene104Codec;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.util.StringHelper;
import org.junit.jupiter.api.Test;

/**
 * The same documents give the same files, whatever the width of the vectors that computed them, and
 * without vectors. The build runs this test at every width that the processor has.
 */
class SameBitsTest {

  private static final int DIM = 40;
  private static final int DOCS = 1_200;
  private static final int FLUSHES = 3;

  /** Changes with the bytes of the format, and with nothing else. */
  private static final String RECORDED =
      "flushes {ivc=a98530d8, ivm=d5472f69, ivo=9904a345, ivp=d61c6b7a},"
          + " merge {ivc=a8b77531, ivm=ff0e4bdf, ivo=9d229778, ivp=c29ff4d0}";

  /** All encodings and metrics there are, a field for each pair. */
  private static final Map<String, IvfVectorsFormat> FORMATS = formats();

  private static Map<String, IvfVectorsFormat> formats() {
    Map<String, IvfVectorsFormat> formats = new TreeMap<>();
    for (Encoding encoding : Encoding.all()) {
      IvfParams params =
          IvfParams.DEFAULT
              .withEncoding(encoding)
              .withThresholds(new IvfParams.Thresholds(0, 1, 0))
              .withSizing(ListSizing.fixed(8))
              .withSpill(new Spill(0.5))
              .withMergeBudgetBytes(64 << 20); // the default depends on the heap
      for (VectorSimilarityFunction similarity : VectorSimilarityFunction.values()) {
        formats.put(encoding.displayName() + "-" + similarity, new IvfVectorsFormat(params));
      }
    }
    return formats;
  }

  private static VectorSimilarityFunction similarity(String field) {
    return VectorSimilarityFunction.valueOf(field.substring(field.indexOf('-') + 1));
  }

  private static IndexWriterConfig config() {
    IndexWriterConfig config = new IndexWriterConfig();
    config.setCodec(
        new Lucene104Codec() {
          @Override
          public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
            return Objects.requireNonNull(FORMATS.get(field), field);
          }
        });
    return config
        .setMergeScheduler(new SerialMergeScheduler())
        .setUseCompoundFile(false)
        .setRAMBufferSizeMB(1000)
        .setMaxBufferedDocs(IndexWriterConfig.DISABLE_AUTO_FLUSH);
  }

  /** Unit vectors, so that every similarity takes them. */
  private static void flush(IndexWriter writer, FloatMatrix rows, int from, int to)
      throws IOException {
    for (int row = from; row < to; row++) {
      Document document = new Document();
      document.add(new StringField("id", Integer.toString(row), Field.Store.NO));
      for (String field : FORMATS.keySet()) {
        document.add(new KnnFloatVectorField(field, rows.row(row), similarity(field)));
      }
      writer.addDocument(document);
    }
    writer.flush();
  }

  /** Checksums of what the files of each kind say: without the random ids of their segments. */
  private static Map<String, String> digest(Directory directory) throws IOException {
    Map<String, CRC32C> digests = new HashMap<>();
    String[] names = directory.listAll();
    Arrays.sort(names);
    for (String name : names) {
      String extension = name.substring(name.lastIndexOf('.') + 1);
      if (Arrays.stream(IvfFiles.values()).noneMatch(f -> f.extension().equals(extension))) {
        continue;
      }
      try (IndexInput in = directory.openInput(name, IOContext.DEFAULT)) {
        assertEquals(CodecUtil.CODEC_MAGIC, CodecUtil.readBEInt(in), name);
        in.readString(); // the name of the codec
        in.skipBytes(Integer.BYTES + StringHelper.ID_LENGTH); // version, id of the segment
        in.skipBytes(in.readByte()); // the suffix
        byte[] body =
            new byte[(int) (in.length() - CodecUtil.footerLength() - in.getFilePointer())];
        in.readBytes(body, 0, body.length);
        digests.computeIfAbsent(extension, _ -> new CRC32C()).update(body);
      }
    }
    Map<String, String> hex = new TreeMap<>();
    digests.forEach((extension, crc) -> hex.put(extension, Long.toHexString(crc.getValue())));
    return hex;
  }

  @Test
  void filesOfFlushesAndOfAMergeAreTheSameOnEveryMachine() throws IOException {
    FloatMatrix rows = VectorGenerators.unit(DOCS, DIM, 12, 2027);
    try (Directory directory = new ByteBuffersDirectory()) {
      try (IndexWriter writer =
          new IndexWriter(directory, config().setMergePolicy(NoMergePolicy.INSTANCE))) {
        for (int flush = 0; flush < FLUSHES; flush++) {
          flush(writer, rows, DOCS * flush / FLUSHES, DOCS * (flush + 1) / FLUSHES);
        }
      }
      String found = "flushes " + digest(directory);
      try (IndexWriter writer = new IndexWriter(directory, config())) {
        for (int row = 0; row < DOCS; row += 7) {
          writer.deleteDocuments(new Term("id", Integer.toString(row)));
        }
        writer.forceMerge(1);
      }
      found += ", merge " + digest(directory);
      assertEquals(RECORDED, found, Kernels.get().name());
    }
  }
}
