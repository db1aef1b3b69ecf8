// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.codec.file.IvfFiles;
import io.github.luceneivf.quantization.Encoding;
import io.github.luceneivf.testdata.Recall;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnByteVectorQuery;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;

/**
 * An index of every version of the format opens, checks, searches, and merges into the current one.
 */
public class TestBackwardCompatibility extends LuceneTestCase {

  public void testEveryVersionIsRead() throws Exception {
    for (int version = IvfFiles.VERSION_START; version <= IvfFiles.VERSION_CURRENT; version++) {
      Path path = createTempDir();
      String name = "/golden/ivf-" + version + ".zip";
      try (InputStream zip = TestBackwardCompatibility.class.getResourceAsStream(name)) {
        assertNotNull("missing " + name, zip);
        GoldenIndex.unzip(zip, path);
      }
      try (Directory directory = FSDirectory.open(path)) {
        TestUtil.checkIndex(directory);
        assertSearchable(directory, GoldenIndex.DOCS);
        try (Directory target = newDirectory()) {
          try (IndexWriter writer =
              new IndexWriter(target, new IndexWriterConfig().setCodec(GoldenIndex.codec()))) {
            writer.addIndexes(directory);
            writer.forceMerge(1);
          }
          assertSearchable(target, GoldenIndex.DOCS);
        }
      }
    }
  }

  private static void assertSearchable(Directory directory, int docs) throws IOException {
    FloatMatrix rows = GoldenIndex.rows();
    try (DirectoryReader reader = DirectoryReader.open(directory)) {
      assertEquals(docs, reader.numDocs());
      IndexSearcher searcher = new IndexSearcher(reader);
      for (int row = 0; row < docs; row += 17) {
        for (Encoding encoding : GoldenIndex.ENCODINGS) {
          int[] found =
              VectorIndexing.search(
                  searcher,
                  new KnnFloatVectorQuery(GoldenIndex.field(encoding), rows.row(row), 5),
                  5);
          assertEquals(row, found[0]);
          assertTrue(Recall.at(5, rows, rows.row(row), found, Metric.EUCLIDEAN) >= 0.6);
        }
        assertEquals(
            row,
            VectorIndexing.search(searcher, new KnnFloatVectorQuery("exact", rows.row(row), 1), 1)[
                0]);
        byte[] bytes = {(byte) row, 1};
        int hit = VectorIndexing.search(searcher, new KnnByteVectorQuery("bytes", bytes, 1), 1)[0];
        assertEquals((byte) row, (byte) hit);
      }
    }
  }
}
