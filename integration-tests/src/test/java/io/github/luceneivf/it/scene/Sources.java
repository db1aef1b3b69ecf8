// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it.scene;

import io.github.luceneivf.benchmarks.data.DataSet;
import io.github.luceneivf.benchmarks.data.Tsv;
import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.it.data.DataFolder;
import io.github.luceneivf.testdata.VectorGenerators;
import java.io.IOException;
import java.lang.ref.SoftReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.lucene.index.VectorSimilarityFunction;

/** Where scenes get their vectors from: real sets, thinned out, and generated ones. */
final class Sources {

  /** Sets that were read, as long as there is room. */
  private static final Map<String, SoftReference<DataSet>> READ = new HashMap<>();

  private Sources() {}

  private static synchronized DataSet open(String set) throws IOException {
    SoftReference<DataSet> known = READ.get(set);
    DataSet data = known == null ? null : known.get();
    if (data == null) {
      data = DataFolder.open(set);
      READ.put(set, new SoftReference<>(data));
    }
    return data;
  }

  /**
   * Returns documents spread evenly over a real set, and likewise queries; skips the test if the
   * set is not there.
   */
  static SceneData real(String set, int documents, int queries) throws IOException {
    DataSet data = open(set);
    int all = data.base().size();
    int asked = data.queries().rows();
    float[][] base = new float[Math.min(documents, all)][];
    for (int i = 0; i < base.length; i++) {
      base[i] = data.base().row((int) ((long) i * all / base.length));
    }
    float[][] targets =
        IntStream.range(0, Math.min(queries, asked))
            .mapToObj(i -> data.queries().row((int) ((long) i * asked / Math.min(queries, asked))))
            .toArray(float[][]::new);
    return new SceneData(set, base, targets, similarity(data.metric()));
  }

  private static VectorSimilarityFunction similarity(Metric metric) {
    return metric == Metric.EUCLIDEAN
        ? VectorSimilarityFunction.EUCLIDEAN
        : VectorSimilarityFunction.COSINE;
  }

  /** The glosses of WordNet in their first 64 dimensions, normalised again. */
  static SceneData words64(int documents, int queries) throws IOException {
    SceneData words = real("wordnet-minilm", documents, queries);
    return new SceneData(
        "w64",
        Vectors.first(64, words.documents()),
        Vectors.first(64, words.queries()),
        words.similarity());
  }

  /**
   * Returns overlapping clusters of sizes and widths that differ, normalised: no real set is
   * needed.
   */
  static SceneData generated(int dim, int documents, int queries) {
    float[] values =
        VectorGenerators.powerLaw(documents + queries, dim, 300, Vectors.SEED).values();
    float[][] rows =
        IntStream.range(0, documents + queries)
            .mapToObj(i -> Vectors.unit(Arrays.copyOfRange(values, i * dim, (i + 1) * dim)))
            .toArray(float[][]::new);
    return new SceneData(
        "generated-" + dim,
        Arrays.copyOf(rows, documents),
        Arrays.copyOfRange(rows, documents, documents + queries),
        VectorSimilarityFunction.COSINE);
  }

  /** A set of which the documents of one topic were set aside. */
  @SuppressWarnings("ArrayRecordComponent") // carried, never compared
  record Divided(float[][] documents, float[][] topic) {}

  /** Returns glosses in their first 64 dimensions, with those of one topic set aside. */
  static Divided words64Without(String topic, int documents) throws IOException {
    DataSet data = open("wordnet-minilm");
    List<String> topics =
        Tsv.read(DataFolder.require(data.name()).resolve("base.tsv.gz")).column("lexname");
    List<float[]> others = new ArrayList<>();
    List<float[]> its = new ArrayList<>();
    for (int row = 0; row < topics.size(); row++) {
      List<float[]> list = topics.get(row).equals(topic) ? its : others;
      list.add(Vectors.first(64, data.base().row(row)));
    }
    return new Divided(
        Vectors.thinned(others.toArray(float[][]::new), documents), its.toArray(float[][]::new));
  }

  /** Returns the queries of WordNet of one kind: {@code definition} or {@code example}. */
  static float[][] wordQueries(SceneData words, String kind) throws IOException {
    List<String> kinds =
        Tsv.read(DataFolder.require("wordnet-minilm").resolve("queries.tsv.gz")).column("kind");
    return IntStream.range(0, kinds.size())
        .filter(query -> kinds.get(query).equals(kind))
        .mapToObj(query -> words.queries()[query])
        .toArray(float[][]::new);
  }
}
