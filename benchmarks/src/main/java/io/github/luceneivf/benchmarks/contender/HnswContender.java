// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.contender;

import io.github.luceneivf.benchmarks.report.Family;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene104.Lucene104HnswScalarQuantizedVectorsFormat;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.search.FullPrecisionFloatVectorSimilarityValuesSource;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.RescoreTopNQuery;
import org.apache.lucene.util.quantization.QuantizedByteVectorValues.ScalarEncoding;
import org.jspecify.annotations.Nullable;

/**
 * Lucene's HNSW graphs over vectors as they are or quantized. The number of neighbours a search
 * keeps ({@code ef}) is the {@code k} of Lucene's query; over quantized vectors all of them may be
 * rescored with the vectors as they are.
 */
final class HnswContender extends LuceneContender {

  private static final String EF = "ef";
  private static final String RESCORED = "rescored";
  private static final double[] EFS = Ladder.counts(10, 1000, 1.15);

  private final List<Graph> graphs;
  private final BiFunction<Integer, Integer, KnnVectorsFormat> format;
  private final List<Boolean> rescoring;

  private HnswContender(
      String name,
      List<Graph> graphs,
      List<Boolean> rescoring,
      BiFunction<Integer, Integer, KnnVectorsFormat> format) {
    super(name, Family.HNSW);
    this.graphs = graphs;
    this.rescoring = rescoring;
    this.format = format;
  }

  /** Parameters of a graph: neighbours of a node, and how far is searched for them. */
  private record Graph(int maxConn, int beamWidth) {

    static final List<Graph> ALL =
        List.of(new Graph(16, 100), new Graph(16, 200), new Graph(32, 100), new Graph(32, 200));
    static final List<Graph> DEFAULT = ALL.subList(0, 1);
    static final List<Graph> ENDS = List.of(ALL.getFirst(), ALL.getLast());

    String index() {
      return "M" + maxConn + "-b" + beamWidth;
    }
  }

  /** Vectors as they are. */
  static HnswContender float32() {
    return new HnswContender(
        "hnsw-float32", Graph.ALL, List.of(false), Lucene99HnswVectorsFormat::new);
  }

  /** One byte a dimension, with and without rescoring. */
  static HnswContender bit8() {
    return new HnswContender(
        "hnsw-8bit",
        Graph.ENDS,
        List.of(false, true),
        (maxConn, beamWidth) ->
            new Lucene104HnswScalarQuantizedVectorsFormat(
                ScalarEncoding.UNSIGNED_BYTE, maxConn, beamWidth));
  }

  /** One bit a dimension, rescored. */
  static HnswContender bit1() {
    return new HnswContender(
        "hnsw-1bit",
        Graph.ENDS,
        List.of(true),
        (maxConn, beamWidth) ->
            new Lucene104HnswScalarQuantizedVectorsFormat(
                ScalarEncoding.SINGLE_BIT_QUERY_NIBBLE, maxConn, beamWidth));
  }

  @Override
  public List<String> indexes() {
    return graphs.stream().map(Graph::index).toList();
  }

  @Override
  public List<Ladder> ladders(int rows) {
    List<Ladder> ladders = new ArrayList<>();
    for (Graph graph : graphs) {
      for (boolean rescored : rescoring) {
        Setting base = Setting.defaults(graph.index());
        ladders.add(
            Ladder.of(
                EFS, ef -> rescored ? base.with(EF, ef).with(RESCORED, 1) : base.with(EF, ef)));
      }
    }
    return ladders;
  }

  @Override
  public Setting defaults() {
    return Setting.defaults(Graph.DEFAULT.getFirst().index());
  }

  @Override
  protected KnnVectorsFormat format(String index) {
    for (Graph graph : graphs) {
      if (graph.index().equals(index)) {
        return format.apply(graph.maxConn(), graph.beamWidth());
      }
    }
    throw new IllegalArgumentException("index must be one of " + indexes() + ", got: " + index);
  }

  @Override
  protected Query query(float[] vector, int k, Setting setting, @Nullable Query filter) {
    KnnFloatVectorQuery query = knn(vector, k, setting, filter);
    return setting.has(RESCORED)
        ? new RescoreTopNQuery(
            query, new FullPrecisionFloatVectorSimilarityValuesSource(vector, FIELD), k)
        : query;
  }

  @Override
  protected KnnFloatVectorQuery visiting(float[] vector, int k, Setting setting) {
    return knn(vector, k, setting, null);
  }

  private static KnnFloatVectorQuery knn(
      float[] vector, int k, Setting setting, @Nullable Query filter) {
    int ef = setting.has(EF) ? Math.max(k, setting.count(EF)) : k;
    return new KnnFloatVectorQuery(FIELD, vector, ef, filter);
  }
}
