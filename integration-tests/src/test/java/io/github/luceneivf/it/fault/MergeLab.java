// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it.fault;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.codec.IvfVectorsFormat;
import io.github.luceneivf.codec.config.IvfParams;
import io.github.luceneivf.codec.config.Ports;
import io.github.luceneivf.codec.telemetry.IndexEvent;
import io.github.luceneivf.testdata.ExactNeighbors;
import io.github.luceneivf.testdata.VectorGenerators;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.lucene.codecs.CodecUtil;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene104.Lucene104Codec;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.index.CheckIndex;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.TieredMergePolicy;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;

/**
 * Merges of one index that must train and encode, each on a copy of it, held against the merge that
 * never heard of a sidecar. The index is in memory and is never changed.
 */
final class MergeLab {

  static final int N = 12_000;
  static final int DIM = 32;
  private static final int SEGMENTS = 4;
  private static final int QUERIES = 50;
  private static final int K = 10;
  private static final long SEED = 20261122;
  private static final String FIELD = "vector";

  /** What every merge may lose on a sidecar, beside the work done in this process. */
  private static final Duration MAX_LOSS = Duration.ofSeconds(10);

  /** How much longer than before the same work may take on a busy machine. */
  private static final int NOISE = 10;

  private final FloatMatrix all = VectorGenerators.clusters(N + QUERIES, DIM, 100, 0.5, SEED);
  private final int[][] truth =
      ExactNeighbors.topK(
          VectorGenerators.slice(all, 0, N),
          VectorGenerators.slice(all, N, N + QUERIES),
          K,
          Metric.EUCLIDEAN);
  private final ByteBuffersDirectory flushed = new ByteBuffersDirectory();
  private final Outcome undisturbed;

  /**
   * What a merge gave.
   *
   * @param files vectors, codebook, lists and meta data of the segment, by extension, without what
   *     names the segment
   * @param recall recall@10
   * @param time of the merge
   */
  record Outcome(Map<String, byte[]> files, double recall, Duration time) {}

  MergeLab() throws IOException {
    IvfParams params =
        // leaves training to the merge, as a remote trainer does
        IvfParams.DEFAULT.withThresholds(new IvfParams.Thresholds(1_000, Integer.MAX_VALUE, 6));
    IndexWriterConfig config =
        config(params, Ports.LOCAL)
            .setMergePolicy(NoMergePolicy.INSTANCE)
            .setMaxBufferedDocs(N / SEGMENTS)
            .setRAMBufferSizeMB(IndexWriterConfig.DISABLE_AUTO_FLUSH);
    try (IndexWriter writer = new IndexWriter(flushed, config)) {
      for (int row = 0; row < N; row++) {
        Document doc = new Document();
        doc.add(new NumericDocValuesField("row", row));
        doc.add(new KnnFloatVectorField(FIELD, all.row(row), VectorSimilarityFunction.EUCLIDEAN));
        writer.addDocument(doc);
      }
    }
    this.undisturbed = merge(Ports.LOCAL);
  }

  private static IndexWriterConfig config(IvfParams params, Ports ports) {
    IvfVectorsFormat format = new IvfVectorsFormat(params, ports);
    return new IndexWriterConfig()
        .setUseCompoundFile(false)
        .setCodec(
            new Lucene104Codec() {
              @Override
              public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
                return format;
              }
            });
  }

  /** Opens a writer on a copy of the index. */
  IndexWriter writer(Directory copy, Ports ports, boolean commitOnClose) throws IOException {
    for (String file : flushed.listAll()) {
      copy.copyFrom(flushed, file, file, IOContext.DEFAULT);
    }
    TieredMergePolicy policy = new TieredMergePolicy();
    policy.setNoCFSRatio(0);
    return new IndexWriter(
        copy,
        config(IvfParams.DEFAULT, ports).setMergePolicy(policy).setCommitOnClose(commitOnClose));
  }

  /** Returns what the merge without a sidecar gave. */
  Outcome undisturbed() {
    return undisturbed;
  }

  /** Merges a copy of the index into one segment, which trains and encodes. */
  Outcome merge(Ports ports) throws IOException {
    List<IndexEvent> events = new CopyOnWriteArrayList<>();
    try (Directory copy = new ByteBuffersDirectory()) {
      long start;
      long end;
      try (IndexWriter writer = writer(copy, ports.withListener(events::add), true)) {
        start = System.nanoTime();
        writer.forceMerge(1);
        end = System.nanoTime();
      }
      assertEquals(IndexEvent.Action.TRAIN, events.getLast().action());
      return outcome(copy, Duration.ofNanos(end - start));
    }
  }

  /** Reads the only segment of an index. */
  Outcome outcome(Directory directory, Duration time) throws IOException {
    try (CheckIndex check = new CheckIndex(directory)) {
      assertTrue(check.checkIndex().clean, "CheckIndex");
    }
    return new Outcome(contents(directory), recall(directory), time);
  }

  private static Map<String, byte[]> contents(Directory directory) throws IOException {
    Map<String, byte[]> contents = new TreeMap<>();
    for (String file : directory.listAll()) {
      String extension = file.substring(file.lastIndexOf('.') + 1);
      if (extension.startsWith("iv") || extension.equals("vec")) {
        try (IndexInput in = directory.openInput(file, IOContext.DEFAULT)) {
          // Header and footer hold the segment's random id and a checksum over it.
          int from = CodecUtil.indexHeaderLength(codecName(in), suffix(file));
          byte[] bytes = new byte[(int) in.length() - from - CodecUtil.footerLength()];
          in.seek(from);
          in.readBytes(bytes, 0, bytes.length);
          contents.put(extension, bytes);
        }
      }
    }
    return contents;
  }

  private static String codecName(IndexInput in) throws IOException {
    in.seek(Integer.BYTES);
    return in.readString();
  }

  private static String suffix(String file) {
    return file.substring(file.indexOf('_', 1) + 1, file.lastIndexOf('.'));
  }

  private double recall(Directory directory) throws IOException {
    try (DirectoryReader reader = DirectoryReader.open(directory)) {
      assertEquals(1, reader.leaves().size());
      assertEquals(N, reader.numDocs());
      IndexSearcher searcher = new IndexSearcher(reader);
      double found = 0;
      for (int q = 0; q < QUERIES; q++) {
        List<Integer> expected = java.util.Arrays.stream(truth[q]).boxed().toList();
        KnnFloatVectorQuery query = new KnnFloatVectorQuery(FIELD, all.row(N + q), K);
        for (ScoreDoc hit : searcher.search(query, K).scoreDocs) {
          NumericDocValues rows = reader.leaves().getFirst().reader().getNumericDocValues("row");
          assertTrue(rows != null && rows.advanceExact(hit.doc));
          found += expected.contains((int) rows.longValue()) ? 1 : 0;
        }
      }
      return found / QUERIES / K;
    }
  }

  /** Checks that a merge gave what it gives without a sidecar, and lost little time. */
  void assertUnharmed(Outcome outcome) {
    assertEquals(undisturbed.files.keySet(), outcome.files.keySet());
    assertTrue(outcome.files.keySet().containsAll(List.of("ivc", "ivp", "ivo", "ivm", "vec")));
    outcome.files.forEach(
        (file, bytes) -> assertArrayEquals(undisturbed.files.get(file), bytes, file));
    assertEquals(undisturbed.recall, outcome.recall, 0.005, "recall@10");
    Duration limit = MAX_LOSS.plus(undisturbed.time.multipliedBy(NOISE));
    assertTrue(
        outcome.time.compareTo(limit) < 0,
        () -> "merge may take " + limit + ", took: " + outcome.time);
  }
}
