// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.client.RemoteCodebookTrainer;
import io.github.luceneivf.client.RemoteConfig;
import io.github.luceneivf.client.RemoteVectorEncoder;
import io.github.luceneivf.client.SidecarConnection;
import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.codec.IvfStatistics;
import io.github.luceneivf.codec.IvfVectorsFormat;
import io.github.luceneivf.codec.config.IvfParams;
import io.github.luceneivf.codec.config.ListSizing;
import io.github.luceneivf.codec.config.Ports;
import io.github.luceneivf.search.IvfKnnByteVectorQuery;
import io.github.luceneivf.server.SidecarServer;
import io.github.luceneivf.server.config.ServerConfig;
import io.github.luceneivf.testdata.VectorGenerators;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
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
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A merge of a field of bytes on the real server gives what it gives in this process. */
class ByteVectorsSidecarIT {

  private static final int N = 6_000;
  private static final int QUERIES = 50;
  private static final int DIM = 40;
  private static final int K = 10;
  private static final VectorSimilarityFunction F = VectorSimilarityFunction.DOT_PRODUCT;

  /** Header and footer, with the identity of the segment between them and the lists. */
  private static final int HEADER = 128;

  private static final int FOOTER = 16;

  private final FloatMatrix rows =
      VectorGenerators.clusters(N + QUERIES, DIM, 60, 0.5, SidecarData.SEED);

  private byte[] bytes(int row) {
    byte[] bytes = new byte[DIM];
    float[] values = rows.row(row);
    for (int d = 0; d < DIM; d++) {
      long value = Math.round((row % 3 + 1) * 12 * values[d]);
      bytes[d] = (byte) Math.clamp(value, Byte.MIN_VALUE, Byte.MAX_VALUE);
    }
    return bytes;
  }

  /** Two segments that another format wrote: the merge has to train, assign and encode. */
  private Directory merged(Ports ports) throws IOException {
    Directory directory = new ByteBuffersDirectory();
    IndexWriterConfig flushing =
        new IndexWriterConfig()
            .setCodec(VectorIndex.codec(new Lucene99HnswVectorsFormat()))
            .setMergePolicy(NoMergePolicy.INSTANCE);
    try (IndexWriter writer = new IndexWriter(directory, flushing)) {
      for (int row = 0; row < N; row++) {
        Document document = new Document();
        document.add(new KnnByteVectorField(VectorIndex.FIELD, bytes(row), F));
        writer.addDocument(document);
        if (row == N / 2) {
          writer.flush();
        }
      }
    }
    IvfParams params =
        IvfParams.DEFAULT
            .withThresholds(new IvfParams.Thresholds(0, 1_000, 2))
            .withSizing(ListSizing.fixed(32));
    KnnVectorsFormat format = new IvfVectorsFormat(params, ports);
    IndexWriterConfig merging =
        new IndexWriterConfig().setCodec(VectorIndex.codec(format)).setUseCompoundFile(false);
    try (IndexWriter writer = new IndexWriter(directory, merging)) {
      writer.forceMerge(1);
    }
    return directory;
  }

  private static Map<String, byte[]> files(Directory directory) throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    for (String name : directory.listAll()) {
      String extension = name.substring(name.lastIndexOf('.') + 1);
      if (extension.equals("ivc") || extension.equals("ivp") || extension.equals("ivo")) {
        try (IndexInput in = directory.openInput(name, IOContext.READONCE)) {
          byte[] bytes = new byte[(int) in.length()];
          in.readBytes(bytes, 0, bytes.length);
          files.put(extension, Arrays.copyOfRange(bytes, HEADER, bytes.length - FOOTER));
        }
      }
    }
    assertEquals(3, files.size());
    return files;
  }

  @Test
  void sidecarGivesTheSameFiles(@TempDir Path data) throws IOException {
    try (SidecarServer server = SidecarServer.start(ServerConfig.local(data));
        SidecarConnection connection =
            SidecarConnection.open(RemoteConfig.of("127.0.0.1", server.port()));
        Directory here = merged(Ports.LOCAL);
        Directory there =
            merged(
                Ports.LOCAL
                    .withTrainer(new RemoteCodebookTrainer(connection))
                    .withEncoder(new RemoteVectorEncoder(connection)));
        DirectoryReader local = DirectoryReader.open(here);
        DirectoryReader remote = DirectoryReader.open(there)) {
      IvfStatistics statistics = IvfStatistics.of(remote, VectorIndex.FIELD);
      assertEquals(1, statistics.codebooks().size(), statistics.toString());
      assertEquals(IvfStatistics.of(local, VectorIndex.FIELD).codebooks(), statistics.codebooks());
      Map<String, byte[]> ours = files(here);
      files(there).forEach((name, content) -> assertArrayEquals(ours.get(name), content, name));
      double recall = recall(remote);
      assertTrue(recall >= 0.95, () -> "recall " + recall);
    }
  }

  private double recall(DirectoryReader reader) throws IOException {
    IndexSearcher searcher = new IndexSearcher(reader);
    double found = 0;
    for (int query = N; query < N + QUERIES; query++) {
      byte[] target = bytes(query);
      float[] scores = new float[N];
      for (int row = 0; row < N; row++) {
        scores[row] = F.compare(bytes(row), target);
      }
      Arrays.sort(scores);
      float least = scores[N - K];
      for (ScoreDoc hit :
          new IvfKnnByteVectorQuery(VectorIndex.FIELD, target, K)
              .search(searcher)
              .topDocs()
              .scoreDocs) {
        found += hit.score >= least ? 1 : 0;
      }
    }
    return found / (K * QUERIES);
  }
}
