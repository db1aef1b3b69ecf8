// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.benchmarks.data.DataSet;
import io.github.luceneivf.benchmarks.data.DataSets;
import io.github.luceneivf.benchmarks.data.VectorRows;
import io.github.luceneivf.codec.IvfVectorsFormat;
import io.github.luceneivf.codec.config.IvfParams;
import io.github.luceneivf.it.data.DataFolder;
import io.github.luceneivf.search.IvfKnnByteVectorQuery;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnByteVectorField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnByteVectorQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.MMapDirectory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * 100,000 descriptors of image patches, 128 bytes each: recall at defaults, and what a query costs
 * beside the scan of all vectors, taken in turns in this process. Prints a table; asserts recall,
 * no time. {@code -Divf.bytes.hnsw=true} adds Lucene's graph.
 */
class ByteScanIT {

  private static final String DATA = "patches-100k";
  private static final int K = 10;
  private static final int QUERIES = 300;
  private static final int PASSES = 5;

  /** Bytes of descriptors are unsigned; a shift changes no distance. */
  private static final int SHIFT = 128;

  private static final VectorSimilarityFunction F = VectorSimilarityFunction.EUCLIDEAN;

  @TempDir Path temp = Path.of("");

  /** What is asked. */
  @SuppressWarnings("ArrayRecordComponent") // carried, never compared
  private record Questions(DataSet data, byte[][] targets) {}

  /** An index, opened, and a query of it; {@code nanos} is the least of all passes. */
  private static final class Way implements AutoCloseable {
    private final Directory directory;
    private final DirectoryReader reader;
    private final IndexSearcher searcher;
    private final Function<byte[], Query> query;
    private long nanos = Long.MAX_VALUE;

    Way(Path folder, Function<byte[], Query> query) throws IOException {
      this.directory = new MMapDirectory(folder);
      this.reader = DirectoryReader.open(directory);
      this.searcher = new IndexSearcher(reader);
      this.query = query;
      searcher.setQueryCache(null);
    }

    void pass(Questions questions) throws IOException {
      ThreadMXBean threads = ManagementFactory.getThreadMXBean();
      long start = threads.getCurrentThreadCpuTime();
      for (byte[] target : questions.targets) {
        searcher.search(query.apply(target), K);
      }
      nanos = Math.min(nanos, threads.getCurrentThreadCpuTime() - start);
    }

    double recall(Questions questions) throws IOException {
      double sum = 0;
      for (int i = 0; i < QUERIES; i++) {
        ScoreDoc[] hits = searcher.search(query.apply(questions.targets[i]), K).scoreDocs;
        int[] found = new int[hits.length];
        for (int hit = 0; hit < found.length; hit++) {
          found[hit] = hits[hit].doc; // segments lie in the order of rows
        }
        sum += questions.data.recall(i, found, found.length, K);
      }
      return sum / QUERIES;
    }

    @Override
    public void close() throws IOException {
      reader.close();
      directory.close();
    }
  }

  private static byte[] bytes(float[] row) {
    byte[] bytes = new byte[row.length];
    for (int d = 0; d < row.length; d++) {
      bytes[d] = (byte) (row[d] - SHIFT);
    }
    return bytes;
  }

  private Path index(VectorRows rows, String name, KnnVectorsFormat format, int segments)
      throws IOException {
    Path folder = temp.resolve(name);
    IndexWriterConfig config =
        new IndexWriterConfig()
            .setCodec(VectorIndex.codec(format))
            .setMergePolicy(NoMergePolicy.INSTANCE)
            .setMaxBufferedDocs(Math.ceilDiv(rows.size(), segments))
            .setRAMBufferSizeMB(IndexWriterConfig.DISABLE_AUTO_FLUSH);
    try (Directory directory = new MMapDirectory(folder);
        IndexWriter writer = new IndexWriter(directory, config)) {
      for (int row = 0; row < rows.size(); row++) {
        Document document = new Document();
        document.add(new KnnByteVectorField(VectorIndex.FIELD, bytes(rows.row(row)), F));
        writer.addDocument(document);
      }
    }
    return folder;
  }

  private static Query stock(byte[] target) {
    return new KnnByteVectorQuery(VectorIndex.FIELD, target, K);
  }

  private static Query ours(byte[] target) {
    return new IvfKnnByteVectorQuery(VectorIndex.FIELD, target, K);
  }

  @Test
  void listsBesideTheScan() throws IOException {
    Path images = DataFolder.require("fashion-mnist");
    DataSet data = new DataSets(images.resolve(".."), temp).open(DATA).firstQueries(QUERIES);
    byte[][] targets = new byte[QUERIES][];
    for (int i = 0; i < QUERIES; i++) {
      targets[i] = bytes(data.queries().row(i));
    }
    VectorRows rows = data.base();
    IvfParams exact =
        IvfParams.DEFAULT.withThresholds(
            new IvfParams.Thresholds(Integer.MAX_VALUE, Integer.MAX_VALUE, 1));
    Path scan = index(rows, "scan", new IvfVectorsFormat(exact), 1);
    Path one = index(rows, "one", new IvfVectorsFormat(), 1);
    Path ten = index(rows, "ten", new IvfVectorsFormat(), 10);
    Map<String, Way> ways = new LinkedHashMap<>();
    ways.put("scan of all", new Way(scan, ByteScanIT::stock));
    ways.put("lists, one segment, stock query", new Way(one, ByteScanIT::stock));
    ways.put("lists, one segment, our query", new Way(one, ByteScanIT::ours));
    ways.put("lists, ten segments, stock query", new Way(ten, ByteScanIT::stock));
    ways.put("lists, ten segments, our query", new Way(ten, ByteScanIT::ours));
    if (Boolean.getBoolean("ivf.bytes.hnsw")) {
      Path graph = index(rows, "graph", new Lucene99HnswVectorsFormat(), 1);
      ways.put("HNSW, one segment", new Way(graph, ByteScanIT::stock));
    }
    try {
      compare(ways, new Questions(data, targets));
    } finally {
      for (Way way : ways.values()) {
        way.close();
      }
    }
  }

  private static void compare(Map<String, Way> ways, Questions questions) throws IOException {
    for (int pass = 0; pass < PASSES; pass++) {
      for (Way way : ways.values()) {
        way.pass(questions);
      }
    }
    System.out.printf("%n%-34s %9s %12s %9s%n", DATA + ", bytes", "recall@10", "CPU us/query", "x");
    long scan = ways.values().iterator().next().nanos;
    for (Map.Entry<String, Way> entry : ways.entrySet()) {
      Way way = entry.getValue();
      double recall = way.recall(questions);
      System.out.printf(
          "%-34s %9.4f %12.1f %9.1f%n",
          entry.getKey(), recall, way.nanos / 1e3 / QUERIES, (double) scan / way.nanos);
      if (entry.getKey().startsWith("scan")) {
        assertEquals(1, recall, 0);
      } else if (entry.getKey().startsWith("lists")) {
        assertTrue(recall >= 0.95, () -> entry.getKey() + ": recall " + recall);
      }
    }
  }
}
