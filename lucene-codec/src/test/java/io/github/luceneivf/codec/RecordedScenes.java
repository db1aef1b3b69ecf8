// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.codec.RecordedSearches.Ask;
import io.github.luceneivf.codec.config.IvfParams;
import io.github.luceneivf.codec.config.ListSizing;
import io.github.luceneivf.probe.IvfSearchStrategy;
import io.github.luceneivf.quantization.Encoding;
import io.github.luceneivf.testdata.VectorGenerators;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.stream.Stream;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnByteVectorField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnByteVectorQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;

/** The indexes that searches are recorded of, and which searches those are. */
final class RecordedScenes {

  private static final VectorSimilarityFunction L2 = VectorSimilarityFunction.EUCLIDEAN;
  private static final VectorSimilarityFunction PRODUCT =
      VectorSimilarityFunction.MAXIMUM_INNER_PRODUCT;
  private static final int DIM = 24;
  private static final int N = 9_000;
  private static final int QUERIES = 4;

  private static final IvfSearchStrategy CALIBRATED = IvfSearchStrategy.CALIBRATED;
  private static final IvfSearchStrategy SHALLOW = IvfSearchStrategy.nprobe(3).oversample(1);
  private static final IvfSearchStrategy DEEP = IvfSearchStrategy.nprobe(12).oversample(8);
  private static final IvfSearchStrategy EVERY_LIST = IvfSearchStrategy.nprobe(1 << 16);

  private static final Query FEW = rows(row -> row % 10 == 7);
  private static final Query MIDDLE = ManySegments.mods(0, 2, 4, 6, 8);
  private static final Query WIDE = ManySegments.mods(0, 1, 2, 4, 5, 6, 7, 8, 9);

  private RecordedScenes() {}

  /** An index, opened, and the searches of it. */
  interface Scene {
    List<String> play() throws IOException;
  }

  private static Query rows(IntPredicate accepted) {
    return RecordedSearches.rowsThat(N, accepted);
  }

  private static IvfParams lists(Encoding encoding, int nlist) {
    return IvfParams.DEFAULT
        .withEncoding(encoding)
        .withThresholds(new IvfParams.Thresholds(0, 500, 2))
        .withSizing(ListSizing.fixed(nlist));
  }

  private static FloatMatrix base(FloatMatrix all) {
    return VectorGenerators.slice(all, 0, all.rows() - QUERIES);
  }

  private static RecordedSearches searches(
      FloatMatrix all, VectorSimilarityFunction function, DirectoryReader reader) {
    FloatMatrix targets = VectorGenerators.slice(all, all.rows() - QUERIES, all.rows());
    return new RecordedSearches(base(all), targets, function, reader);
  }

  /** Returns all scenes by their names. */
  static Map<String, Scene> scenes() {
    Map<String, Scene> scenes = new LinkedHashMap<>();
    for (Encoding encoding : Encoding.all()) {
      for (VectorSimilarityFunction function : VectorSimilarityFunction.values()) {
        scenes.put(
            encoding.displayName() + " " + function, () -> threeSegments(encoding, function));
      }
      scenes.put(encoding.displayName() + " in one segment", () -> oneSegment(encoding));
    }
    for (Encoding encoding : List.of(Encoding.BIT1, Encoding.INT4, Encoding.PQ4)) {
      scenes.put(encoding.displayName() + " in ten segments", () -> tenSegments(encoding));
    }
    scenes.put("codes that mislead", RecordedScenes::misleadingCodes);
    scenes.put("many lists", RecordedScenes::manyLists);
    scenes.put("large and small segments", RecordedScenes::largeAndSmall);
    scenes.put("three codebooks " + L2, () -> threeCodebooks(L2, 16));
    // With seed 16 two lists of different codebooks rank the same but for the last bit, which is
    // another one once the kernel is compiled: a sum over the lanes of a vector has no order.
    scenes.put("three codebooks " + PRODUCT, () -> threeCodebooks(PRODUCT, 18));
    scenes.put("segments of all kinds", RecordedScenes::allKinds);
    scenes.put("bytes", RecordedScenes::bytes);
    return scenes;
  }

  /** Each encoding with each similarity, deletes in two of three segments. */
  private static List<String> threeSegments(Encoding encoding, VectorSimilarityFunction function)
      throws IOException {
    float scale = function == VectorSimilarityFunction.DOT_PRODUCT ? 0x1p-8f : 1;
    FloatMatrix all = RecordedSearches.groups(2_700 + QUERIES, DIM, 60, 12, scale, 11);
    IvfVectorsFormat format = new IvfVectorsFormat(lists(encoding, 16));
    try (Directory directory = new ByteBuffersDirectory()) {
      VectorIndexing.index(directory, format, base(all), function, 3);
      try (IndexWriter writer = new IndexWriter(directory, VectorIndexing.config(format))) {
        writer.deleteDocuments(RecordedSearches.rowsThat(1_800, row -> row % 23 == 5));
      }
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        RecordedSearches searches = searches(all, function, reader);
        for (int q = 0; q < 2; q++) {
          searches.ours(q, Ask.all(10));
          searches.ours(q, Ask.all(3).with(SHALLOW));
          searches.ours(q, Ask.all(10).among("wide", WIDE));
          searches.stock(q, Ask.all(10));
        }
        searches.stock(2, Ask.all(5).among("wide", WIDE).with(SHALLOW));
        searches.range(2, 20, null);
        return searches.lines();
      }
    }
  }

  private static List<String> oneSegment(Encoding encoding) throws IOException {
    FloatMatrix all = RecordedSearches.groups(N + QUERIES, DIM, 150, 14, 1, 12);
    FloatMatrix base = base(all);
    try (Directory directory = new ByteBuffersDirectory()) {
      VectorIndexing.index(directory, new IvfVectorsFormat(lists(encoding, 48)), base, L2, 1);
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        RecordedSearches searches = searches(all, L2, reader);
        for (int k : new int[] {1, 10, 100, 300, 5_000}) {
          searches.ours(0, Ask.all(k));
        }
        for (int q = 0; q < QUERIES; q++) {
          filtered(searches, all, q, Ask.all(10));
          searches.stock(q, Ask.all(10).among("middle", MIDDLE));
        }
        for (IvfSearchStrategy strategy : List.of(SHALLOW, DEEP, EVERY_LIST)) {
          filtered(searches, all, 1, Ask.all(10).with(strategy));
        }
        limits(searches);
        searches.range(0, 5, null);
        searches.range(1, 400, null);
        searches.range(1, 400, MIDDLE);
        return searches.lines();
      }
    }
  }

  /** Searches with every filter: some that match near the target only, or far from it only. */
  private static void filtered(RecordedSearches searches, FloatMatrix all, int q, Ask ask)
      throws IOException {
    searches.ours(q, ask);
    searches.ours(q, ask.among("few", FEW));
    searches.ours(q, ask.among("middle", MIDDLE));
    searches.ours(q, ask.among("wide", WIDE));
    float at = all.row(N + q)[0];
    searches.ours(q, ask.among("near", rows(row -> Math.abs(all.row(row)[0] - at) < 20)));
    searches.ours(q, ask.among("far", rows(row -> Math.abs(all.row(row)[0] - at) > 40)));
  }

  private static void limits(RecordedSearches searches) throws IOException {
    for (int limit : new int[] {1, 100, 700, Integer.MAX_VALUE}) {
      for (int step : new int[] {1, 3, 40}) {
        searches.limited(2, Ask.all(10), limit, step);
        searches.limited(3, Ask.all(20).with(DEEP), limit, step);
      }
    }
  }

  /** Before lists are joined, while they are, and after. */
  private static List<String> tenSegments(Encoding encoding) throws IOException {
    FloatMatrix all = RecordedSearches.groups(N + QUERIES, DIM, 150, 14, 1, 13);
    FloatMatrix base = base(all);
    IvfVectorsFormat format = ManySegments.format(lists(encoding, 40), base);
    List<String> lines = new ArrayList<>();
    try (Directory directory = new ByteBuffersDirectory()) {
      VectorIndexing.index(directory, format, base, L2, 10);
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        RecordedSearches searches = searches(all, L2, reader);
        for (int round = 0; round < 25; round++) {
          for (int q = 0; q < 2; q++) {
            searches.ours(q, Ask.all(10));
          }
        }
        for (int q = 0; q < QUERIES; q++) {
          filtered(searches, all, q, Ask.all(10));
          searches.stock(q, Ask.all(10));
        }
        searches.ours(1, Ask.all(200).with(DEEP));
        lines.addAll(searches.lines());
      }
      try (IndexWriter writer = new IndexWriter(directory, VectorIndexing.config(format))) {
        writer.deleteDocuments(rows(row -> row % 31 == 5 || (row >= 2_000 && row < 2_500)));
      }
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        RecordedSearches searches = searches(all, L2, reader);
        for (int round = 0; round < 20; round++) {
          searches.ours(2, Ask.all(10).with(DEEP));
        }
        filtered(searches, all, 2, Ask.all(10));
        filtered(searches, all, 3, Ask.all(10).with(SHALLOW));
        for (int looks : new int[] {0, 10, 40, 150}) {
          int[] left = {looks};
          searches.ours(3, Ask.all(10), () -> --left[0] < 0);
        }
        lines.addAll(searches.lines());
      }
    }
    return lines;
  }

  /** Codes of one bit about few centroids: more is reranked, scanned again, and probed. */
  private static List<String> misleadingCodes() throws IOException {
    FloatMatrix all = RecordedSearches.groups(N + QUERIES, DIM, N, 30, 1, 14);
    try (Directory directory = new ByteBuffersDirectory()) {
      VectorIndexing.index(
          directory, new IvfVectorsFormat(lists(Encoding.BIT1, 20)), base(all), L2, 2);
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        RecordedSearches searches = searches(all, L2, reader);
        for (int q = 0; q < QUERIES; q++) {
          for (int k : new int[] {1, 5, 40}) {
            searches.ours(q, Ask.all(k).with(SHALLOW));
            searches.ours(q, Ask.all(k).among("middle", MIDDLE).with(SHALLOW));
            searches.limited(q, Ask.all(k).with(SHALLOW), Integer.MAX_VALUE, 1);
            searches.limited(q, Ask.all(k).with(SHALLOW), Integer.MAX_VALUE, 2);
          }
          searches.range(q, 50, null);
        }
        return searches.lines();
      }
    }
  }

  /** So many that their codes are ranked, and a second ranking may differ from the first. */
  private static List<String> manyLists() throws IOException {
    FloatMatrix all = RecordedSearches.groups(N + QUERIES, DIM, 400, 26, 1, 19);
    try (Directory directory = new ByteBuffersDirectory()) {
      VectorIndexing.index(
          directory, new IvfVectorsFormat(lists(Encoding.BIT2, 300)), base(all), L2, 2);
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        RecordedSearches searches = searches(all, L2, reader);
        for (int q = 0; q < QUERIES; q++) {
          filtered(searches, all, q, Ask.all(10));
          filtered(searches, all, q, Ask.all(3).with(SHALLOW));
          searches.range(q, 30, MIDDLE);
        }
        return searches.lines();
      }
    }
  }

  private static List<String> largeAndSmall() throws IOException {
    FloatMatrix all = RecordedSearches.groups(N + QUERIES, DIM, 150, 14, 1, 15);
    FloatMatrix base = base(all);
    IvfVectorsFormat format = ManySegments.format(lists(Encoding.BIT2, 16), base);
    try (Directory directory = new ByteBuffersDirectory()) {
      try (IndexWriter writer = new IndexWriter(directory, VectorIndexing.config(format))) {
        int from = 0;
        for (int to : new int[] {700, 4_700, 5_200, 5_900, N}) {
          VectorIndexing.add(writer, base, from, to, L2);
          writer.flush();
          from = to;
        }
      }
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        RecordedSearches searches = searches(all, L2, reader);
        for (int round = 0; round < 22; round++) {
          searches.ours(round % QUERIES, Ask.all(10));
          searches.ours(round % QUERIES, Ask.all(10).among("middle", MIDDLE));
        }
        filtered(searches, all, 0, Ask.all(30));
        limits(searches);
        return searches.lines();
      }
    }
  }

  /** Of different scales, sizes and encodings. */
  private static List<String> threeCodebooks(VectorSimilarityFunction function, long seed)
      throws IOException {
    FloatMatrix all = RecordedSearches.groups(N + QUERIES, DIM, 150, 14, 1, seed);
    FloatMatrix base = base(all);
    float[] values = VectorGenerators.slice(base, 0, 3_000).values().clone();
    for (int d = 0; d < DIM; d++) {
      values[d] *= 32;
    }
    FloatMatrix withOutlier = new FloatMatrix(values, 3_000, DIM);
    FloatMatrix second = VectorGenerators.slice(base, 3_000, 6_000);
    FloatMatrix third = VectorGenerators.slice(base, 4_000, N);
    try (Directory directory =
            ManySegments.together(
                part(lists(Encoding.BIT1, 24), withOutlier, base, 0, 3_000, 3, function),
                part(lists(Encoding.INT8, 40), second, base, 3_000, 6_000, 1, function),
                part(lists(Encoding.BIT1, 32), third, base, 6_000, N, 4, function));
        DirectoryReader reader = DirectoryReader.open(directory)) {
      RecordedSearches searches = searches(all, function, reader);
      for (int q = 0; q < QUERIES; q++) {
        filtered(searches, all, q, Ask.all(10));
        filtered(searches, all, q, Ask.all(4).with(SHALLOW));
        searches.stock(q, Ask.all(10));
      }
      searches.ours(1, Ask.all(150).with(DEEP));
      searches.ours(1, Ask.all(10).with(EVERY_LIST));
      return searches.lines();
    }
  }

  private static Directory part(
      IvfParams params,
      FloatMatrix trainedOn,
      FloatMatrix base,
      int from,
      int to,
      int flushes,
      VectorSimilarityFunction function)
      throws IOException {
    return ManySegments.part(
        ManySegments.format(params, trainedOn), base, from, to, flushes, function);
  }

  private static List<String> allKinds() throws IOException {
    FloatMatrix all = RecordedSearches.groups(N + QUERIES, DIM, 150, 14, 1, 17);
    FloatMatrix base = base(all);
    IvfVectorsFormat exact =
        new IvfVectorsFormat(IvfParams.DEFAULT.withThresholds(new IvfParams.Thresholds(N, N, N)));
    IvfVectorsFormat oneList =
        new IvfVectorsFormat(IvfParams.DEFAULT.withThresholds(new IvfParams.Thresholds(0, N, N)));
    try (Directory directory =
            ManySegments.together(
                part(lists(Encoding.BIT1, 32), base, base, 0, 4_000, 3, L2),
                ManySegments.part(exact, base, 4_000, 4_400, 2, L2),
                ManySegments.part(oneList, base, 4_400, 7_400, 3, L2),
                ManySegments.part(new Lucene99HnswVectorsFormat(), base, 7_400, 7_600, 1, L2),
                ManySegments.part(oneList, base, 7_600, N, 1, L2));
        DirectoryReader reader = DirectoryReader.open(directory)) {
      RecordedSearches searches = searches(all, L2, reader);
      for (int q = 0; q < QUERIES; q++) {
        filtered(searches, all, q, Ask.all(10));
        searches.stock(q, Ask.all(10).among("wide", WIDE));
      }
      filtered(searches, all, 0, Ask.all(5).with(SHALLOW));
      filtered(searches, all, 0, Ask.all(60).with(DEEP));
      searches.range(1, 60, null);
      return searches.lines();
    }
  }

  private static List<String> bytes() throws IOException {
    FloatMatrix rows = RecordedSearches.groups(600, DIM, 20, 12, 1, 18);
    List<String> lines = new ArrayList<>();
    try (Directory directory = new ByteBuffersDirectory()) {
      IvfVectorsFormat format = new IvfVectorsFormat(lists(Encoding.BIT1, 8));
      try (IndexWriter writer = new IndexWriter(directory, VectorIndexing.config(format))) {
        for (int row = 0; row < rows.rows(); row++) {
          Document document = new Document();
          document.add(new NumericDocValuesField("row", row));
          document.add(new StringField("mod", "" + row % 10, Field.Store.NO));
          document.add(new KnnByteVectorField("bytes", bytes(rows.row(row)), L2));
          writer.addDocument(document);
          if (row % 250 == 249) {
            writer.flush();
          }
        }
      }
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        for (Query filter : new Query[] {null, WIDE}) {
          byte[] target = bytes(rows.row(599));
          ScoreDoc[] hits =
              new IndexSearcher(reader)
                  .search(new KnnByteVectorQuery("bytes", target, 7, filter), 7)
                  .scoreDocs;
          lines.add(
              "bytes "
                  + (filter == null ? "all" : "wide")
                  + " | |"
                  + String.join("", Stream.of(hits).map(hit -> " " + hit.doc).toList()));
        }
      }
    }
    return lines;
  }

  private static byte[] bytes(float[] row) {
    byte[] bytes = new byte[row.length];
    for (int d = 0; d < row.length; d++) {
      bytes[d] = (byte) row[d];
    }
    return bytes;
  }
}
