// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.demo;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene104.Lucene104Codec;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.LongPoint;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LogDocMergePolicy;
import org.apache.lucene.index.MergeScheduler;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.util.IOUtils;

/**
 * A Lucene index of synsets and their embeddings, open for writing. Not thread-safe; the caller
 * closes it.
 */
final class VectorIndex implements Closeable {

  /** Row number of a document: its place in the corpus. */
  static final String ROW = "row";

  /** Words of a synset, searched and stored. */
  static final String LEMMAS = "lemmas";

  /** Gloss of a synset, searched and stored. */
  static final String GLOSS = "gloss";

  /** Embedding of a synset. */
  static final String VECTOR = "vector";

  /** Segments that the first part of an index is written in. */
  static final int FLUSHES = 16;

  /** Segments that the rest is written in. */
  static final int LATE_FLUSHES = 2;

  /** Two rounds of merges make one segment of all flushes. */
  private static final int MERGE_FACTOR = 4;

  private final Path path;
  private final Directory directory;
  private final IndexWriter writer;

  private VectorIndex(Path path, Directory directory, IndexWriter writer) {
    this.path = path;
    this.directory = directory;
    this.writer = writer;
  }

  /**
   * Creates an index in a folder, over what is there.
   *
   * @param format of the vectors
   * @param merges runs the merges, four segments at a time
   */
  static VectorIndex create(Path path, KnnVectorsFormat format, MergeScheduler merges)
      throws IOException {
    if (Files.isDirectory(path)) {
      IOUtils.rm(path);
    }
    Directory directory = FSDirectory.open(path);
    try {
      LogDocMergePolicy policy = new LogDocMergePolicy();
      policy.setMergeFactor(MERGE_FACTOR);
      IndexWriterConfig config =
          new IndexWriterConfig(new EnglishAnalyzer())
              .setOpenMode(IndexWriterConfig.OpenMode.CREATE)
              .setCodec(codec(format))
              .setMergePolicy(policy)
              .setMergeScheduler(merges)
              .setRAMBufferSizeMB(512);
      return new VectorIndex(path, directory, new IndexWriter(directory, config));
    } catch (IOException | RuntimeException e) {
      IOUtils.closeWhileSuppressingExceptions(e, directory);
      throw e;
    }
  }

  private static Lucene104Codec codec(KnnVectorsFormat format) {
    return new Lucene104Codec() {
      @Override
      public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
        return format;
      }
    };
  }

  /** Returns how many of some documents {@link #fill} adds first. */
  static int firstPart(int documents) {
    return documents * 3 / 5;
  }

  /**
   * Fills an index as its life would: the first part in {@link #FLUSHES} flushes, merged into one
   * segment; then the rest in {@link #LATE_FLUSHES}, and all merged into one. Other merges follow
   * as the policy sees fit.
   *
   * @param vectors [synsets or more][dim]
   */
  void fill(List<Synset> synsets, float[][] vectors) throws IOException {
    int first = firstPart(synsets.size());
    addInFlushes(synsets, vectors, 0, first, FLUSHES);
    mergeToOne();
    addInFlushes(synsets, vectors, first, synsets.size(), LATE_FLUSHES);
    mergeToOne();
  }

  private void addInFlushes(List<Synset> synsets, float[][] vectors, int from, int to, int flushes)
      throws IOException {
    int perFlush = Math.max(1, (to - from + flushes - 1) / flushes);
    for (int row = from; row < to; row++) {
      add(synsets.get(row), vectors[row], row);
      if ((row - from + 1) % perFlush == 0) {
        commit();
      }
    }
    commit();
  }

  /** Adds synsets as one segment, without merging. */
  void addInOneFlush(List<Synset> synsets, float[][] vectors, int firstRow) throws IOException {
    for (int i = 0; i < synsets.size(); i++) {
      add(synsets.get(i), vectors[i], firstRow + i);
    }
    writer.commit();
  }

  private void add(Synset synset, float[] vector, int row) throws IOException {
    Document document = new Document();
    document.add(new StringField("id", synset.id(), Field.Store.YES));
    document.add(new StringField("pos", synset.pos(), Field.Store.YES));
    document.add(new StringField("lexname", synset.lexname(), Field.Store.YES));
    document.add(new TextField(LEMMAS, synset.words(), Field.Store.YES));
    document.add(new TextField(GLOSS, synset.gloss(), Field.Store.YES));
    document.add(new LongPoint(ROW, row));
    document.add(new NumericDocValuesField(ROW, row));
    document.add(new KnnFloatVectorField(VECTOR, vector, VectorSimilarityFunction.DOT_PRODUCT));
    writer.addDocument(document);
  }

  /** Deletes every {@code n}-th row. */
  void deleteEvery(int n, int rows) throws IOException {
    for (int row = 0; row < rows; row += n) {
      writer.deleteDocuments(LongPoint.newExactQuery(ROW, row));
    }
    writer.commit();
  }

  private void commit() throws IOException {
    writer.commit();
    writer.maybeMerge();
    writer.commit();
  }

  /** Merges everything into one segment. */
  void mergeToOne() throws IOException {
    writer.forceMerge(1);
    writer.commit();
  }

  /** Opens what is written so far; the caller closes it. */
  DirectoryReader openReader() throws IOException {
    return DirectoryReader.open(directory);
  }

  /** Returns the bytes of all files. */
  long bytes() throws IOException {
    try (Stream<Path> files = Files.list(path)) {
      return files.mapToLong(file -> file.toFile().length()).sum();
    }
  }

  @Override
  public void close() throws IOException {
    IOUtils.close(writer, directory);
  }
}
