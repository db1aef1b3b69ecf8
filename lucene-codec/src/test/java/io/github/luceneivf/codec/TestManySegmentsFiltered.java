// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec;

import static io.github.luceneivf.codec.ManySegments.K;
import static io.github.luceneivf.codec.ManySegments.L2;
import static io.github.luceneivf.codec.ManySegments.LISTS;
import static io.github.luceneivf.codec.ManySegments.N;
import static io.github.luceneivf.codec.ManySegments.assertRecallAmong;
import static io.github.luceneivf.codec.ManySegments.base;
import static io.github.luceneivf.codec.ManySegments.clusters;
import static io.github.luceneivf.codec.ManySegments.exact;
import static io.github.luceneivf.codec.ManySegments.format;
import static io.github.luceneivf.codec.ManySegments.ids;
import static io.github.luceneivf.codec.ManySegments.mods;
import static io.github.luceneivf.codec.ManySegments.queries;
import static io.github.luceneivf.codec.ManySegments.rows;
import static io.github.luceneivf.codec.ManySegments.search;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.codec.config.IvfParams;
import io.github.luceneivf.codec.config.ListSizing;
import io.github.luceneivf.probe.IvfSearchStrategy;
import io.github.luceneivf.probe.ProbeReport;
import io.github.luceneivf.quantization.Encoding;
import io.github.luceneivf.search.IvfKnnFloatVectorQuery;
import io.github.luceneivf.search.NearestHits;
import io.github.luceneivf.testdata.VectorGenerators;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.index.RandomIndexWriter;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;

/** One search over all segments where only some documents count. */
public class TestManySegmentsFiltered extends LuceneTestCase {

  public void testEveryListProbedIsExactUnderFiltersAndDeletes() throws Exception {
    FloatMatrix all = clusters(random().nextLong());
    FloatMatrix base = base(all);
    IvfVectorsFormat format = new IvfVectorsFormat(LISTS.withEncoding(Encoding.FLOAT32));
    try (Directory directory = new ByteBuffersDirectory()) {
      VectorIndexing.index(directory, format, base, L2, 7);
      try (IndexWriter writer = new IndexWriter(directory, VectorIndexing.config(format))) {
        writer.deleteDocuments(new Term("mod", "3"));
      }
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        IndexSearcher searcher = new IndexSearcher(reader);
        for (Query filter : Arrays.asList(null, mods(0, 1, 3, 5, 6, 8))) {
          for (int q = 0; q < 10; q++) {
            IvfKnnFloatVectorQuery every =
                new IvfKnnFloatVectorQuery(
                    VectorIndexing.FIELD,
                    queries(all).row(q),
                    K,
                    filter,
                    IvfSearchStrategy.nprobe(1 << 16));
            NearestHits found = every.search(searcher);
            IntPredicate accepted =
                row ->
                    row % 10 != 3
                        && (filter == null || Set.of(0, 1, 3, 5, 6, 8).contains(row % 10));
            assertEquals(
                exact(base, queries(all).row(q), accepted),
                IntStream.of(rows(searcher, found.topDocs())).boxed().toList());
            assertEquals(
                "each entry once", CodedSegments.entries(reader), found.report().vectorsScanned());
          }
        }
      }
    }
  }

  public void testFiltersKeepTheirRecallAndFindAllThereIs() throws Exception {
    long seed = random().nextLong();
    FloatMatrix all = clusters(seed);
    FloatMatrix base = base(all);
    try (Directory directory = new ByteBuffersDirectory()) {
      VectorIndexing.index(directory, format(LISTS, base), base, L2, 10);
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        assertRecallAmong(reader, all, mods(7), row -> row % 10 == 7, seed);
        assertRecallAmong(
            reader, all, mods(1, 2, 4), row -> Set.of(1, 2, 4).contains(row % 10), seed);
        // More than are scored exactly, and all of them in two of the segments.
        assertRecallAmong(reader, all, ids(4_000, 6_100), row -> row >= 4_000 && row < 6_100, seed);
        assertRecallAmong(reader, all, ids(4_000, 4_006), row -> row >= 4_000 && row < 4_006, seed);
        assertRecallAmong(reader, all, new TermQuery(new Term("id", "none")), _ -> false, seed);
      }
    }
  }

  public void testFindsTheFewThatWereNotDeleted() throws Exception {
    long seed = random().nextLong();
    FloatMatrix all = clusters(seed);
    IvfVectorsFormat format = new IvfVectorsFormat(LISTS);
    int[] counts = {3, K, 3_000};
    for (int left : counts) {
      try (Directory directory = new ByteBuffersDirectory()) {
        VectorIndexing.index(directory, format, base(all), L2, 5);
        int first = random().nextInt(N - left);
        try (IndexWriter writer = new IndexWriter(directory, VectorIndexing.config(format))) {
          writer.deleteDocuments(ids(0, first), ids(first + left, N));
        }
        try (DirectoryReader reader = DirectoryReader.open(directory)) {
          assertRecallAmong(reader, all, null, row -> row >= first && row < first + left, seed);
        }
      }
    }
  }

  public void testAFewDeletedDocumentsCostNoLists() throws Exception {
    long seed = random().nextLong();
    FloatMatrix all = clusters(seed);
    try (Directory directory = new ByteBuffersDirectory()) {
      VectorIndexing.index(directory, format(LISTS, base(all)), base(all), L2, 6);
      ProbeReport before;
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        before = search(reader, base(all), queries(all), L2).looked();
      }
      try (IndexWriter writer =
          new IndexWriter(directory, VectorIndexing.config(new IvfVectorsFormat(LISTS)))) {
        for (int i = 0; i < 60; i++) {
          writer.deleteDocuments(new Term("id", "" + random().nextInt(N)));
        }
      }
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        assertTrue(reader.hasDeletions());
        ProbeReport after = search(reader, base(all), queries(all), L2).looked();
        String what = " seed=" + seed + " before " + before + " after " + after;
        assertTrue(what, after.lists() <= 1.1 * before.lists());
      }
    }
  }

  public void testRandomSegmentsAgreeWithExactSearch() throws Exception {
    FloatMatrix all = clusters(random().nextLong());
    FloatMatrix base = VectorGenerators.slice(all, 0, 1_500);
    IvfParams params = LISTS.withSizing(ListSizing.fixed(1 + random().nextInt(9)));
    IvfVectorsFormat format =
        new IvfVectorsFormat(
            params
                .withThresholds(new IvfParams.Thresholds(random().nextInt(60), 1, 0))
                .withEncoding(Encoding.FLOAT32));
    try (Directory directory = newDirectory();
        RandomIndexWriter writer =
            new RandomIndexWriter(
                random(),
                directory,
                newIndexWriterConfig().setCodec(TestUtil.alwaysKnnVectorsFormat(format)))) {
      for (int row = 0; row < base.rows(); row++) {
        writer.addDocument(VectorIndexing.document(base, row, L2));
        if (random().nextInt(100) == 0) {
          writer.flush();
        }
      }
      writer.deleteDocuments(new Term("mod", "4"));
      try (IndexReader reader = writer.getReader()) {
        IndexSearcher searcher = newSearcher(reader);
        for (int q = 0; q < 20; q++) {
          float[] target = queries(all).row(q);
          List<Integer> truth = exact(all, target, row -> row < base.rows() && row % 10 != 4);
          Query every =
              new IvfKnnFloatVectorQuery(
                  VectorIndexing.FIELD, target, K, null, IvfSearchStrategy.nprobe(1 << 16));
          TopDocs hits = searcher.search(every, K);
          float last = Float.POSITIVE_INFINITY;
          for (int i = 0; i < K; i++) {
            ScoreDoc hit = hits.scoreDocs[i];
            assertEquals(L2.compare(target, base.row(truth.get(i))), hit.score, 1e-5);
            assertTrue(hit.score <= last);
            last = hit.score;
          }
        }
      }
    }
  }
}
