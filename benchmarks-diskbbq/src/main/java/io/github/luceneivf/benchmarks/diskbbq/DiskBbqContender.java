// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.diskbbq;

import io.github.luceneivf.benchmarks.contender.Ladder;
import io.github.luceneivf.benchmarks.contender.LuceneContender;
import io.github.luceneivf.benchmarks.contender.Setting;
import io.github.luceneivf.benchmarks.report.Family;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.search.Query;
import org.elasticsearch.Build;
import org.elasticsearch.index.codec.vectors.diskbbq.IvfQueryConfigResolver;
import org.elasticsearch.index.codec.vectors.diskbbq.QuantEncoding;
import org.elasticsearch.index.codec.vectors.diskbbq.es95.ES950DiskBBQVectorsFormat;
import org.elasticsearch.index.mapper.vectors.DenseVectorFieldMapper.ElementType;
import org.elasticsearch.search.vectors.IVFKnnFloatVectorQuery;
import org.elasticsearch.search.vectors.RescoreKnnVectorQuery;
import org.jspecify.annotations.Nullable;

/**
 * DiskBBQ with and without its rotation ("preconditioning"). Queries are put together as a search
 * request of Elasticsearch's is: {@code oversample × k} candidates of the inverted file, rescored
 * with the vectors as they are.
 */
final class DiskBbqContender extends LuceneContender {

  private static final String PLAIN = "plain";
  private static final String ROTATED = "rotated";
  private static final String VISIT = "visit";
  private static final String OVERSAMPLE = "oversample";

  /** Lets Elasticsearch choose the share of vectors to visit. */
  private static final float DYNAMIC_VISIT = 0;

  private static final double[] VISITS =
      DoubleStream.iterate(0.001, visit -> visit < 1, visit -> visit * 1.2)
          .map(visit -> Math.round(visit * 1e5) / 1e5)
          .toArray();

  private final QuantEncoding encoding;
  private final float usualOversample;
  private final double[] oversamples;

  private DiskBbqContender(QuantEncoding encoding, float usualOversample, double... oversamples) {
    super("diskbbq-" + encoding.bits() + "bit", Family.DISKBBQ);
    this.encoding = encoding;
    this.usualOversample = usualOversample;
    this.oversamples = oversamples;
  }

  static DiskBbqContender bit1() {
    return new DiskBbqContender(QuantEncoding.ONE_BIT_4BIT_QUERY, 3, 3, 5, 10);
  }

  static DiskBbqContender bit4() {
    return new DiskBbqContender(QuantEncoding.FOUR_BIT_SYMMETRIC, 1, 1, 1.5, 3);
  }

  @Override
  public String fingerprint() throws IOException {
    return super.fingerprint() + "-elasticsearch-" + Build.current().version();
  }

  @Override
  public List<String> indexes() {
    return List.of(PLAIN, ROTATED);
  }

  @Override
  public List<Ladder> ladders(int rows) {
    List<Ladder> ladders = new ArrayList<>();
    for (String index : indexes()) {
      for (double oversample : oversamples) {
        Setting base = Setting.defaults(index).with(OVERSAMPLE, oversample);
        ladders.add(Ladder.of(VISITS, visit -> base.with(VISIT, visit)));
      }
    }
    return ladders;
  }

  @Override
  public Setting defaults() {
    return Setting.defaults(PLAIN);
  }

  @Override
  protected KnnVectorsFormat format(String index) {
    return new ES950DiskBBQVectorsFormat(
        encoding,
        ES950DiskBBQVectorsFormat.DEFAULT_VECTORS_PER_CLUSTER,
        ES950DiskBBQVectorsFormat.DEFAULT_CENTROIDS_PER_PARENT_CLUSTER,
        ElementType.FLOAT,
        false,
        null,
        1,
        index.equals(ROTATED),
        ES950DiskBBQVectorsFormat.DEFAULT_PRECONDITIONING_BLOCK_DIMENSION);
  }

  @Override
  protected Query query(float[] vector, int k, Setting setting, @Nullable Query filter) {
    float oversample = setting.has(OVERSAMPLE) ? (float) setting.knob(OVERSAMPLE) : usualOversample;
    float visit = setting.has(VISIT) ? (float) setting.knob(VISIT) : DYNAMIC_VISIT;
    int rescored = (int) Math.ceil(k * oversample);
    IvfQueryConfigResolver config =
        IvfQueryConfigResolver.from(
            false, setting.index().equals(ROTATED), encoding.bits(), oversample, null);
    Query candidates =
        new IVFKnnFloatVectorQuery(FIELD, vector, k, rescored, filter, visit, config);
    return rescored == k
        ? candidates
        : RescoreKnnVectorQuery.fromInnerQuery(FIELD, vector, k, rescored, candidates);
  }
}
