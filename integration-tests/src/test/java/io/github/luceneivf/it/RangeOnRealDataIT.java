// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.benchmarks.data.DataSet;
import io.github.luceneivf.codec.IvfVectorsFormat;
import io.github.luceneivf.it.RangeFigures.Found;
import io.github.luceneivf.it.RangeFigures.Ranges;
import io.github.luceneivf.it.data.DataFolder;
import io.github.luceneivf.search.IvfVectorSimilarityQuery;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.FloatVectorSimilarityQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Recall and CPU time of range queries at the format's defaults: ours and Lucene's, and with {@code
 * -Divf.range.peers=true} Lucene's on its own graph in the same run, by its default decay and by a
 * more patient one.
 */
class RangeOnRealDataIT {

  private static final boolean PEERS = Boolean.getBoolean("ivf.range.peers");
  private static final double TARGET = 0.95;
  private static final String FIELD = VectorIndex.FIELD;

  /** Lucene's decay of the bar by which it walks on past lower scores: its default, and more. */
  private static final float[] DECAYS = {0.5f, 0.9f};

  @TempDir Path temp = Path.of("");

  @Test
  void wordnetMinilm() throws IOException {
    DataSet data = DataFolder.open("wordnet-minilm");
    table(data, data.base().size(), data.dim(), new int[] {10, 100, 1_000, 10_000});
  }

  /** The first dimensions of fewer vectors, normalised again: they are harder to tell apart. */
  @Test
  void fewerDimensions() throws IOException {
    table(DataFolder.open("wordnet-minilm"), 9_180, 64, new int[] {10, 100, 1_000, 5_000});
  }

  private void table(DataSet data, int rows, int dim, int[] matches) throws IOException {
    float[][] vectors = new float[rows][];
    int size = data.base().size();
    for (int i = 0; i < rows; i++) {
      vectors[i] = unit(data.base().row((int) ((long) i * size / rows)), dim);
    }
    float[][] queries = new float[200][];
    for (int i = 0; i < queries.length; i++) {
      int query = i * data.queries().rows() / queries.length;
      queries[i] = unit(data.queries().row(query), dim);
    }
    RangeFigures ranges = RangeFigures.of(vectors, queries, VectorSimilarityFunction.COSINE);
    System.out.printf(
        "%n%-30s %8s %8s %8s %8s %10s%n",
        data.name() + ", " + rows + " x " + dim,
        "matches",
        "recall",
        "5th pct",
        "nothing",
        "us CPU");
    try (Directory dir = index(vectors, new IvfVectorsFormat(), "ivf");
        DirectoryReader reader = DirectoryReader.open(dir)) {
      for (int wanted : matches) {
        Found ours =
            print(
                "IvfVectorSimilarityQuery",
                ranges,
                reader,
                wanted,
                (vector, least) -> new IvfVectorSimilarityQuery(FIELD, vector, least));
        Found stock = print("Lucene's query", ranges, reader, wanted, lucenes(DECAYS[0]));
        assertTrue(ours.mean() >= TARGET, () -> wanted + " matches: " + ours);
        assertTrue(stock.mean() >= TARGET, () -> wanted + " matches, Lucene's query: " + stock);
      }
    }
    if (PEERS) {
      try (Directory dir = index(vectors, new Lucene99HnswVectorsFormat(), "hnsw");
          DirectoryReader reader = DirectoryReader.open(dir)) {
        for (int wanted : matches) {
          for (float decay : DECAYS) {
            print("HNSW, decay " + decay, ranges, reader, wanted, lucenes(decay));
          }
        }
      }
    }
  }

  private static Ranges lucenes(float decay) {
    return (vector, least) -> new FloatVectorSimilarityQuery(FIELD, vector, least, decay, null);
  }

  private static Found print(
      String what, RangeFigures ranges, DirectoryReader reader, int matches, Ranges query)
      throws IOException {
    IndexSearcher searcher = new IndexSearcher(reader);
    searcher.setQueryCache(null);
    Found found = ranges.measure(searcher, matches, query);
    System.out.printf(
        Locale.ROOT,
        "%-30s %8d %8.4f %8.3f %8.3f %10.0f%n",
        what,
        matches,
        found.mean(),
        found.fifthPercentile(),
        found.nothing(),
        found.micros());
    return found;
  }

  private Directory index(float[][] vectors, KnnVectorsFormat format, String name)
      throws IOException {
    Directory directory = FSDirectory.open(temp.resolve(name + vectors.length));
    IndexWriterConfig config =
        new IndexWriterConfig()
            .setCodec(VectorIndex.codec(format))
            .setMaxBufferedDocs(vectors.length)
            .setRAMBufferSizeMB(IndexWriterConfig.DISABLE_AUTO_FLUSH);
    try (IndexWriter writer = new IndexWriter(directory, config)) {
      for (float[] vector : vectors) {
        Document doc = new Document();
        doc.add(new KnnFloatVectorField(FIELD, vector, VectorSimilarityFunction.COSINE));
        writer.addDocument(doc);
      }
    }
    return directory;
  }

  /** Returns the first {@code dim} values, normalised. */
  private static float[] unit(float[] vector, int dim) {
    float[] first = Arrays.copyOf(vector, dim);
    double sum = 0;
    for (float x : first) {
      sum += (double) x * x;
    }
    float length = (float) Math.sqrt(sum);
    for (int i = 0; i < dim; i++) {
      first[i] /= length;
    }
    return first;
  }
}
