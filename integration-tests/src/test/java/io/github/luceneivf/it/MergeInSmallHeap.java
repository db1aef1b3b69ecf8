// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it;

import static org.apache.lucene.index.VectorSimilarityFunction.EUCLIDEAN;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.codec.IvfVectorsFormat;
import io.github.luceneivf.codec.config.IvfParams;
import io.github.luceneivf.codec.config.Ports;
import io.github.luceneivf.codec.telemetry.IndexEvent;
import io.github.luceneivf.testdata.VectorGenerators;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene104.Lucene104Codec;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnByteVectorField;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnByteVectorQuery;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.MMapDirectory;

/**
 * Indexes and merges 154 MB of floats, or as many bytes, which would be as many as floats, in a
 * heap of 96 MB. A process of its own: {@link BoundedHeapMergeIT} starts it.
 */
final class MergeInSmallHeap {

  private static final int FLUSHES = 15;
  private static final int PER_FLUSH = 20_000;
  private static final int DIM = 128;
  private static final long BUDGET = 16L << 20;

  private MergeInSmallHeap() {}

  /** Takes a folder, and what vectors are made of. */
  public static void main(String[] args) throws IOException {
    VectorEncoding encoding = VectorEncoding.valueOf(args[1]);
    KnnVectorsFormat format =
        new IvfVectorsFormat(
            IvfParams.DEFAULT.withMergeBudgetBytes(BUDGET),
            Ports.LOCAL.withListener(MergeInSmallHeap::print));
    Codec codec =
        new Lucene104Codec() {
          @Override
          public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
            return format;
          }
        };
    try (Directory directory = new MMapDirectory(Path.of(args[0]).resolve("index"))) {
      IndexWriterConfig config =
          new IndexWriterConfig().setCodec(codec).setMergePolicy(NoMergePolicy.INSTANCE);
      try (IndexWriter writer = new IndexWriter(directory, config)) {
        for (int flush = 0; flush < FLUSHES; flush++) {
          add(writer, flush, encoding);
          writer.flush();
        }
      }
      try (IndexWriter writer =
          new IndexWriter(directory, new IndexWriterConfig().setCodec(codec))) {
        writer.forceMerge(1);
      }
      check(directory, encoding);
    }
  }

  private static FloatMatrix rows(int flush) {
    return VectorGenerators.clusters(PER_FLUSH, DIM, 200, 0.5, flush);
  }

  private static void add(IndexWriter writer, int flush, VectorEncoding encoding)
      throws IOException {
    FloatMatrix rows = rows(flush);
    for (int row = 0; row < rows.rows(); row++) {
      Document document = new Document();
      document.add(
          switch (encoding) {
            case FLOAT32 -> new KnnFloatVectorField("v", rows.row(row), EUCLIDEAN);
            case BYTE -> new KnnByteVectorField("v", bytes(rows.row(row)), EUCLIDEAN);
          });
      writer.addDocument(document);
    }
  }

  private static byte[] bytes(float[] row) {
    byte[] bytes = new byte[row.length];
    for (int d = 0; d < row.length; d++) {
      bytes[d] = (byte) Math.clamp(Math.round(30 * row[d]), Byte.MIN_VALUE, Byte.MAX_VALUE);
    }
    return bytes;
  }

  private static Query nearest(float[] row, VectorEncoding encoding) {
    return switch (encoding) {
      case FLOAT32 -> new KnnFloatVectorQuery("v", row, 10);
      case BYTE -> new KnnByteVectorQuery("v", bytes(row), 10);
    };
  }

  private static void check(Directory directory, VectorEncoding encoding) throws IOException {
    try (DirectoryReader reader = DirectoryReader.open(directory)) {
      if (reader.leaves().size() != 1 || reader.numDocs() != FLUSHES * PER_FLUSH) {
        throw new AssertionError(
            "expected one segment of all documents, got: "
                + reader.leaves().size()
                + " of "
                + reader);
      }
      IndexSearcher searcher = new IndexSearcher(reader);
      FloatMatrix first = rows(0);
      int found = 0;
      for (int row = 0; row < 100; row++) {
        int doc = searcher.search(nearest(first.row(row), encoding), 1).scoreDocs[0].doc;
        found += doc == row ? 1 : 0;
      }
      if (found < 95) {
        throw new AssertionError("vectors that find themselves: expected 95 of 100, got: " + found);
      }
    }
  }

  private static void print(IndexEvent event) {
    if (event.cause() == IndexEvent.Cause.MERGE) {
      System.out.printf(
          Locale.ROOT,
          "merged %,d vectors (%,d MB as floats) with a heap of %,d MB, a budget of %,d MB: %s%n",
          event.vectors(),
          ((long) event.vectors() * DIM * Float.BYTES) >> 20,
          Runtime.getRuntime().maxMemory() >> 20,
          BUDGET >> 20,
          event.action());
    }
  }
}
