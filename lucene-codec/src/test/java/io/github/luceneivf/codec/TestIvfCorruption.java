// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.codec.config.IvfParams;
import io.github.luceneivf.codec.config.ListSizing;
import io.github.luceneivf.codec.file.FieldMeta;
import io.github.luceneivf.codec.file.IvfFiles;
import io.github.luceneivf.codec.file.MetaFile;
import io.github.luceneivf.probe.IvfSearchStrategy;
import io.github.luceneivf.quantization.Encoding;
import io.github.luceneivf.search.IvfKnnFloatVectorQuery;
import io.github.luceneivf.testdata.VectorGenerators;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene104.Lucene104Codec;
import org.apache.lucene.codecs.perfield.PerFieldKnnVectorsFormat;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.index.CodecReader;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.FieldInfos;
import org.apache.lucene.index.IndexFormatTooNewException;
import org.apache.lucene.index.IndexFormatTooOldException;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.index.SegmentInfo;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.index.SegmentReadState;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.tests.util.LuceneTestCase;

/** Damage to any of our files is found by opening the index or by checkIntegrity. */
public class TestIvfCorruption extends LuceneTestCase {

  static final int DIM = 24;

  private static FloatMatrix rows() {
    return VectorGenerators.clusters(900, DIM, 20, 0.5, 42);
  }

  private static void write(Directory directory) throws IOException {
    write(directory, Encoding.all().get(random().nextInt(Encoding.all().size())));
  }

  static void write(Directory directory, Encoding encoding) throws IOException {
    write(directory, encoding, rows());
  }

  private static void write(Directory directory, Encoding encoding, FloatMatrix rows)
      throws IOException {
    IvfVectorsFormat format =
        new IvfVectorsFormat(
            IvfParams.DEFAULT
                .withEncoding(encoding)
                .withThresholds(new IvfParams.Thresholds(0, 1, 0))
                .withSizing(ListSizing.fixed(12)));
    IndexWriterConfig config = VectorIndexing.config(format).setUseCompoundFile(false);
    config.setMergePolicy(NoMergePolicy.INSTANCE);
    VectorIndexing.index(directory, config, rows, VectorSimilarityFunction.EUCLIDEAN, 1, _ -> {});
  }

  private static List<String> ourFiles(Directory directory) throws IOException {
    List<String> files = new ArrayList<>();
    for (String file : directory.listAll()) {
      for (IvfFiles kind : IvfFiles.values()) {
        if (file.endsWith("." + kind.extension())) {
          files.add(file);
        }
      }
    }
    assertEquals("files of one segment: " + files, IvfFiles.values().length, files.size());
    return files;
  }

  private static byte[] read(Directory directory, String file) throws IOException {
    try (IndexInput in = directory.openInput(file, IOContext.READONCE)) {
      byte[] bytes = new byte[(int) in.length()];
      in.readBytes(bytes, 0, bytes.length);
      return bytes;
    }
  }

  private static void replace(Directory directory, String file, byte[] bytes) throws IOException {
    directory.deleteFile(file);
    try (IndexOutput out = directory.createOutput(file, IOContext.DEFAULT)) {
      out.writeBytes(bytes, bytes.length);
    }
  }

  /** Opens and checks everything; fails the test if that succeeds. */
  private static void assertFound(Directory directory, String what) throws IOException {
    try (DirectoryReader reader = DirectoryReader.open(directory)) {
      for (LeafReaderContext leaf : reader.leaves()) {
        ((CodecReader) leaf.reader()).getVectorReader().checkIntegrity();
      }
    } catch (CorruptIndexException
        | IndexFormatTooNewException
        | IndexFormatTooOldException
        | EOFException
        | FileNotFoundException
        | NoSuchFileException expected) {
      return;
    }
    fail(what + " was not found");
  }

  public void testFlippedBitAnywhereIsFound() throws Exception {
    try (Directory directory = new ByteBuffersDirectory()) {
      write(directory);
      for (String file : ourFiles(directory)) {
        byte[] bytes = read(directory, file);
        for (int i = 0; i < 100; i++) {
          int at = i < 40 ? (int) ((long) bytes.length * i / 40) : random().nextInt(bytes.length);
          byte[] damaged = bytes.clone();
          damaged[at] ^= (byte) (1 << random().nextInt(8));
          replace(directory, file, damaged);
          assertFound(directory, "flipped bit at " + at + " of " + file);
        }
        replace(directory, file, bytes);
      }
    }
  }

  public void testWrongLengthIsFound() throws Exception {
    try (Directory directory = new ByteBuffersDirectory()) {
      write(directory);
      for (String file : ourFiles(directory)) {
        byte[] bytes = read(directory, file);
        for (int i = 0; i < 20; i++) {
          int length = i == 0 ? 0 : random().nextInt(bytes.length);
          replace(directory, file, Arrays.copyOf(bytes, length));
          assertFound(directory, file + " cut to " + length);
        }
        replace(directory, file, Arrays.copyOf(bytes, bytes.length + 1));
        assertFound(directory, file + " one byte longer");
        directory.deleteFile(file);
        assertFound(directory, "missing " + file);
        try (IndexOutput out = directory.createOutput(file, IOContext.DEFAULT)) {
          out.writeBytes(bytes, bytes.length);
        }
      }
    }
  }

  public void testFileOfAnotherSegmentIsFound() throws Exception {
    try (Directory directory = new ByteBuffersDirectory();
        Directory other = new ByteBuffersDirectory()) {
      write(directory);
      write(other);
      for (String file : ourFiles(directory)) {
        byte[] bytes = read(directory, file);
        replace(directory, file, read(other, file));
        assertFound(directory, file + " of another segment");
        replace(directory, file, bytes);
      }
    }
  }

  private static Directory heapOrMapped() throws IOException {
    return random().nextBoolean() ? new ByteBuffersDirectory() : new MMapDirectory(createTempDir());
  }

  /** Returns a copy of which a stretch between header and footer is random. */
  private static byte[] damaged(byte[] bytes) {
    byte[] damaged = bytes.clone();
    int from = 64 + random().nextInt(bytes.length - 128);
    for (int at = from; at < from + 32; at++) {
      damaged[at] = (byte) random().nextInt(256);
    }
    return damaged;
  }

  /**
   * Without a check, damaged postings give wrong hits or an exception, never an error or a hang.
   */
  public void testSearchOfDamagedPostingsEndsInAnException() throws Exception {
    try (Directory directory = heapOrMapped()) {
      write(directory);
      for (String file : ourFiles(directory)) {
        if (file.endsWith(IvfFiles.META.extension())
            || file.endsWith(IvfFiles.CENTROIDS.extension())) {
          continue;
        }
        byte[] bytes = read(directory, file);
        for (int i = 0; i < 50; i++) {
          replace(directory, file, damaged(bytes));
          try (DirectoryReader reader = DirectoryReader.open(directory)) {
            IndexSearcher searcher = new IndexSearcher(reader);
            searcher.search(new KnnFloatVectorQuery(VectorIndexing.FIELD, rows().row(i), 10), 10);
          } catch (CorruptIndexException _) {
            // as it should be
          }
        }
        replace(directory, file, bytes);
      }
    }
  }

  /** What a reader of our files is given. */
  static SegmentReadState state(Directory directory) throws IOException {
    SegmentInfo segment = SegmentInfos.readLatestCommit(directory).info(0).info;
    FieldInfos infos =
        segment.getCodec().fieldInfosFormat().read(directory, segment, "", IOContext.READONCE);
    FieldInfo info = infos.fieldInfo(VectorIndexing.FIELD);
    String suffix =
        info.getAttribute(PerFieldKnnVectorsFormat.PER_FIELD_FORMAT_KEY)
            + "_"
            + info.getAttribute(PerFieldKnnVectorsFormat.PER_FIELD_SUFFIX_KEY);
    return new SegmentReadState(directory, segment, infos, IOContext.DEFAULT, suffix);
  }

  /** Routing codes are loaded with the codebook, for all segments that have it. */
  public void testDamagedRoutingCodesDoNotReachOtherSegments() throws Exception {
    try (Directory directory = new ByteBuffersDirectory()) {
      // Vectors of no other test, so that no codebook of theirs is loaded.
      long seed = random().nextLong();
      FloatMatrix rows = VectorGenerators.clusters(900, DIM, 20, 0.5, seed);
      write(directory, Encoding.INT8, rows);
      SegmentReadState state = state(directory);
      FieldMeta meta = Objects.requireNonNull(MetaFile.read(state).get(VectorIndexing.FIELD));
      String file = IvfFiles.CENTROIDS.fileName(state.segmentInfo, state.segmentSuffix);
      byte[] bytes = read(directory, file);
      byte[] damaged = bytes.clone();
      damaged[(int) meta.lists().orElseThrow().places().routing().offset() + 40] ^= 0x55;
      replace(directory, file, damaged);
      expectThrows(CorruptIndexException.class, () -> DirectoryReader.open(directory));
      replace(directory, file, bytes);
      try (DirectoryReader intact = DirectoryReader.open(directory)) {
        replace(directory, file, damaged);
        // The codebook is there already, and right: damage is left to checkIntegrity.
        DirectoryReader.open(directory).close();
        assertFound(directory, "damaged routing codes");
        assertEquals(rows.rows(), intact.numDocs());
      }
    }
  }

  public void testFileOfAnotherFieldIsFound() throws Exception {
    try (Directory directory = new ByteBuffersDirectory()) {
      KnnVectorsFormat[] formats = {
        new IvfVectorsFormat(IvfParams.DEFAULT), new IvfVectorsFormat(IvfParams.DEFAULT)
      };
      Codec codec =
          new Lucene104Codec() {
            @Override
            public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
              return formats[field.equals(VectorIndexing.FIELD) ? 0 : 1];
            }
          };
      try (IndexWriter writer =
          new IndexWriter(
              directory, new IndexWriterConfig().setCodec(codec).setUseCompoundFile(false))) {
        for (int row = 0; row < 100; row++) {
          Document document =
              VectorIndexing.document(rows(), row, VectorSimilarityFunction.EUCLIDEAN);
          document.add(new KnnFloatVectorField("other", rows().row(row)));
          writer.addDocument(document);
        }
      }
      for (IvfFiles kind : IvfFiles.values()) {
        List<String> files =
            Arrays.stream(directory.listAll())
                .filter(file -> file.endsWith("." + kind.extension()))
                .toList();
        assertEquals(files.toString(), 2, files.size());
        byte[] first = read(directory, files.getFirst());
        byte[] second = read(directory, files.getLast());
        replace(directory, files.getFirst(), second);
        replace(directory, files.getLast(), first);
        assertFound(directory, files + " swapped");
        replace(directory, files.getFirst(), first);
        replace(directory, files.getLast(), second);
      }
    }
  }

  /** Small segments of one codebook are joined in memory: that copies what is damaged. */
  public void testJointSearchOfDamagedPostingsEnds() throws Exception {
    try (Directory directory = heapOrMapped()) {
      IvfVectorsFormat format =
          new IvfVectorsFormat(
              IvfParams.DEFAULT
                  .withThresholds(new IvfParams.Thresholds(0, 1, 0))
                  .withSizing(ListSizing.fixed(12)));
      IndexWriterConfig config = VectorIndexing.config(format).setUseCompoundFile(false);
      FloatMatrix rows = rows();
      VectorIndexing.index(directory, config, rows, VectorSimilarityFunction.EUCLIDEAN, 3, _ -> {});
      int corrupt = 0;
      for (String file : directory.listAll()) {
        if (!file.endsWith("." + IvfFiles.POSTINGS.extension())) {
          continue;
        }
        byte[] bytes = read(directory, file);
        // What is noticed is damage of ordinals, in lists that are searched: not often.
        for (int round = 0; round < 40; round++) {
          replace(directory, file, damaged(bytes));
          try (DirectoryReader reader = DirectoryReader.open(directory)) {
            IndexSearcher searcher = new IndexSearcher(reader);
            for (int i = 0; i < 40; i++) {
              searcher.search(
                  new IvfKnnFloatVectorQuery(
                      VectorIndexing.FIELD,
                      rows.row(i % 2),
                      10,
                      null,
                      IvfSearchStrategy.nprobe(4).oversample(2)),
                  10);
            }
          } catch (CorruptIndexException _) {
            corrupt++;
          }
        }
        replace(directory, file, bytes);
      }
      assertTrue("of 120 damaged ones some must be noticed", corrupt > 0);
    }
  }
}
