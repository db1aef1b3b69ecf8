// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.contender;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene104.Lucene104Codec;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LogDocMergePolicy;
import org.apache.lucene.index.MergePolicy;
import org.apache.lucene.index.MergeScheduler;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.store.Directory;

/**
 * Writes an index of Lucene: the rows in their order, so that a row number is a document number.
 * Confined to one thread.
 */
final class LuceneBuild {

  /** Field of the tags of a row. */
  static final String TAGS = "tag";

  /** Larger than any data set here; flushes come when the layout says so. */
  private static final double RAM_BUFFER_MB = 1_900;

  private final KnnVectorsFormat format;
  private final PreparedVectors vectors;
  private final Layout layout;

  LuceneBuild(KnnVectorsFormat format, PreparedVectors vectors, Layout layout) {
    this.format = format;
    this.vectors = vectors;
    this.layout = layout;
  }

  BuildCost into(Path folder) throws IOException {
    BuildPhase flush;
    BuildPhase merge = BuildPhase.NONE;
    try (Directory directory = Directories.open(folder);
        IndexWriter writer = writer(directory);
        BuildMeter meter = BuildMeter.start()) {
      addAll(writer);
      flush = meter.phase();
      if (layout == Layout.MERGED) {
        merge(writer);
        merge = meter.phase();
      }
    }
    return new BuildCost(flush, merge, BuildMeter.fileBytes(folder));
  }

  /** Opens a writer that merges nothing by itself. */
  IndexWriter writer(Directory directory) throws IOException {
    return writer(directory, new SerialMergeScheduler());
  }

  /** Opens a writer that merges when it is told to, on the threads of {@code scheduler}. */
  IndexWriter writer(Directory directory, MergeScheduler scheduler) throws IOException {
    return new IndexWriter(directory, config().setMergeScheduler(scheduler));
  }

  /** Opens a writer that commits nothing when it is closed, so that closing gives merges up. */
  IndexWriter abortable(Directory directory, MergeScheduler scheduler) throws IOException {
    return new IndexWriter(
        directory, config().setMergeScheduler(scheduler).setCommitOnClose(false));
  }

  /** Begins to merge all into one segment. */
  void startMerge(IndexWriter writer) throws IOException {
    writer.getConfig().setMergePolicy(inOrder());
    writer.forceMerge(1, false);
  }

  /** Merges all into one segment and commits. */
  void merge(IndexWriter writer) throws IOException {
    mergeOnly(writer);
    writer.commit();
  }

  /** Merges all into one segment, and leaves the commit to others. */
  void mergeOnly(IndexWriter writer) throws IOException {
    writer.getConfig().setMergePolicy(inOrder());
    writer.forceMerge(1);
  }

  /** Deletes the rows tagged {@link Tag#DELETED}. */
  static void delete(Path folder) throws IOException {
    try (Directory directory = Directories.open(folder);
        IndexWriter writer = new IndexWriter(directory, unmerged())) {
      writer.deleteDocuments(new Term(TAGS, Tag.DELETED.term()));
      writer.commit();
    }
  }

  private static IndexWriterConfig unmerged() {
    return new IndexWriterConfig()
        .setMergePolicy(NoMergePolicy.INSTANCE)
        .setMergeScheduler(new SerialMergeScheduler())
        .setUseCompoundFile(false)
        .setRAMBufferSizeMB(RAM_BUFFER_MB);
  }

  private IndexWriterConfig config() {
    return unmerged()
        .setCodec(
            new Lucene104Codec() {
              @Override
              public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
                return format;
              }
            });
  }

  private static MergePolicy inOrder() {
    LogDocMergePolicy policy = new LogDocMergePolicy();
    policy.setNoCFSRatio(0);
    return policy;
  }

  /** Adds and flushes all rows. */
  void addAll(IndexWriter writer) throws IOException {
    int rows = vectors.base().rows();
    int perFlush = (rows + layout.flushes() - 1) / layout.flushes();
    for (int row = 0; row < rows; row++) {
      writer.addDocument(document(row));
      if ((row + 1) % perFlush == 0) {
        writer.commit();
      }
    }
    writer.commit();
  }

  /** Returns the document of a row. */
  Document document(int row) {
    Document document = new Document();
    document.add(
        new KnnFloatVectorField(LuceneContender.FIELD, vectors.base().row(row), function()));
    for (Tag tag : Tag.values()) {
      if (tag.isIn(vectors.tags()[row])) {
        document.add(new StringField(TAGS, tag.term(), Field.Store.NO));
      }
    }
    return document;
  }

  private VectorSimilarityFunction function() {
    return switch (vectors.facts().similarity()) {
      case EUCLIDEAN -> VectorSimilarityFunction.EUCLIDEAN;
      case UNIT_DOT_PRODUCT -> VectorSimilarityFunction.DOT_PRODUCT;
      case INNER_PRODUCT -> VectorSimilarityFunction.MAXIMUM_INNER_PRODUCT;
    };
  }
}
