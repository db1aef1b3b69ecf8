// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it;

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
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.MMapDirectory;

/**
 * Indexes and merges 154 MB of vectors in a heap of 96 MB. A process of its own: {@link
 * BoundedHeapMergeIT} starts it.
 */
final class MergeInSmallHeap {

  private static final int FLUSHES = 15;
  private static final int PER_FLUSH = 20_000;
  private static final int DIM = 128;
  private static final long BUDGET = 16L << 20;

  private MergeInSmallHeap() {}

  public static void main(String[] args) throws IOException {
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
          add(writer, flush);
          writer.flush();
        }
      }
      try (IndexWriter writer =
          new IndexWriter(directory, new IndexWriterConfig().setCodec(codec))) {
        writer.forceMerge(1);
      }
      check(directory);
    }
  }

  private static FloatMatrix rows(int flush) {
    return VectorGenerators.clusters(PER_FLUSH, DIM, 200, 0.5, flush);
  }

  private static void add(IndexWriter writer, int flush) throws IOException {
    FloatMatrix rows = rows(flush);
    for (int row = 0; row < rows.rows(); row++) {
      Document document = new Document();
      document.add(new KnnFloatVectorField("v", rows.row(row), VectorSimilarityFunction.EUCLIDEAN));
      writer.addDocument(document);
    }
  }

  private static void check(Directory directory) throws IOException {
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
        int doc =
            searcher.search(new KnnFloatVectorQuery("v", first.row(row), 10), 1).scoreDocs[0].doc;
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
          "merged %,d vectors (%,d MB) with a heap of %,d MB and a budget of %,d MB: %s%n",
          event.vectors(),
          ((long) event.vectors() * DIM * Float.BYTES) >> 20,
          Runtime.getRuntime().maxMemory() >> 20,
          BUDGET >> 20,
          event.action());
    }
  }
}
