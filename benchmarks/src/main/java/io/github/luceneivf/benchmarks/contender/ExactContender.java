// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.contender;

import io.github.luceneivf.benchmarks.report.Family;
import java.util.List;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.Query;
import org.jspecify.annotations.Nullable;

/** Lucene's scan of all vectors: what its HNSW format does with segments too small for a graph. */
final class ExactContender extends LuceneContender {

  ExactContender() {
    super("exact", Family.EXACT);
  }

  @Override
  public List<String> indexes() {
    return List.of("");
  }

  @Override
  public List<Ladder> ladders(int rows) {
    return List.of(new Ladder(List.of(defaults())));
  }

  @Override
  public Setting defaults() {
    return Setting.defaults("");
  }

  @Override
  protected KnnVectorsFormat format(String index) {
    return new Lucene99HnswVectorsFormat(
        Lucene99HnswVectorsFormat.DEFAULT_MAX_CONN,
        Lucene99HnswVectorsFormat.DEFAULT_BEAM_WIDTH,
        Integer.MAX_VALUE);
  }

  @Override
  protected Query query(float[] vector, int k, Setting setting, @Nullable Query filter) {
    return new KnnFloatVectorQuery(FIELD, vector, k, filter);
  }
}
