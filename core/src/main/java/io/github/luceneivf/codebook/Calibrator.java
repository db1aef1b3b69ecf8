// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codebook;

import io.github.luceneivf.calibration.Calibration;
import io.github.luceneivf.calibration.RankHistogram;
import io.github.luceneivf.clustering.Assignment;
import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.clustering.NearestRows;
import io.github.luceneivf.clustering.Workers;
import io.github.luceneivf.codebook.TrainingProgress.Phase;
import io.github.luceneivf.quantization.Encoding;
import io.github.luceneivf.quantization.QueryCode;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Judges a codebook with held-out queries. Confined to one training. */
// For the true neighbours of each query among the training rows (brute force) two ranks are
// recorded: of their list in the exact order of lists, and of their approximate distance among all
// rows. Their distributions are recall by nprobe and by rerank depth, for every setting at once.
//
// The rows may be a sample of a larger population. Then a query's neighbours are farther from it
// than in the population, which makes nprobe too large, on the safe side; but the population has
// more vectors that come between, so depths are multiplied by √(population / rows): between not at
// all (as if only neighbours got denser) and in proportion (as if only the crowd behind them did).
final class Calibrator {

  private static final double NEIGHBORS_SHARE = 0.6;
  private static final double CODED_SHARE = 0.8;

  /** Byte codes are so near to exact that fewer queries tell their small depth. */
  private static final int MAX_BYTE_QUERIES = 100;

  /** One may be ranked among millions of codes, and aborts are heard between ranges. */
  private static final int QUERIES_PER_RANGE = 1;

  private final Codebook codebook;
  private final TrainingRequest request;
  private final PreparedSample sample;
  private final Assignment assignment;
  private final ProgressTeller teller;
  private final Workers workers;

  Calibrator(
      Codebook codebook,
      TrainingRequest request,
      PreparedSample sample,
      Assignment assignment,
      ProgressTeller teller,
      Workers workers) {
    this.codebook = codebook;
    this.request = request;
    this.sample = sample;
    this.assignment = assignment;
    this.teller = teller;
    this.workers = workers;
  }

  Calibration calibrate() throws IOException {
    tell(0);
    FloatMatrix queries = sample.queries();
    if (queries.rows() == 0) {
      tell(1);
      return Calibration.uncalibrated(codebook.nlist());
    }
    int most = Calibration.MEASURED_K.getLast();
    int[][] neighbors =
        NearestRows.find(
            sample.rows(),
            queries,
            most,
            codebook.metric(),
            workers,
            share -> tell(NEIGHBORS_SHARE * share));
    Ranks ranks;
    try (Arena arena = Arena.ofShared()) {
      ranks = judge(neighbors, isExact() ? null : code(arena));
    }
    tell(1);
    double scale = Math.sqrt(Math.max(1, (double) request.population() / sample.rows().rows()));
    List<Calibration.Curve> curves = new ArrayList<>();
    for (int i = 0; i < Calibration.MEASURED_K.size(); i++) {
      List<Calibration.Point> depths =
          isExact() ? List.of() : ranks.byDepth()[i].points(true, scale);
      curves.add(
          new Calibration.Curve(
              Calibration.MEASURED_K.get(i), ranks.byProbe()[i].points(false, 1), depths));
    }
    return new Calibration(queries.rows(), curves);
  }

  private boolean isExact() {
    return request.encoding() instanceof Encoding.Float32;
  }

  private Ranks judge(int[][] neighbors, @Nullable CodedLists coded) throws IOException {
    CentroidRanking ranking = new CentroidRanking(codebook);
    Judge[] judges = new Judge[workers.count()];
    Arrays.setAll(judges, _ -> new Judge(ranking, neighbors, coded));
    workers.run(
        neighbors.length,
        QUERIES_PER_RANGE,
        (worker, from, to) -> {
          for (int q = from; q < to; q++) {
            judges[worker].judge(q);
          }
        },
        share -> tell(CODED_SHARE + (1 - CODED_SHARE) * share));
    Ranks ranks = judges[0].ranks;
    for (int worker = 1; worker < judges.length; worker++) {
      ranks.addAll(judges[worker].ranks);
    }
    return ranks;
  }

  /** Ranks queries one by one; one per worker. */
  private final class Judge {
    private final CentroidRanking ranking;
    private final int[][] neighbors;
    private final @Nullable CodedLists coded;
    private final int[] lists = new int[codebook.nlist()];
    private final int[] listRanks = new int[codebook.nlist()];
    private final float[] distances = new float[codebook.nlist()];
    private final float[] bases = new float[codebook.nlist()];
    private final float[] scores;
    final Ranks ranks = Ranks.empty(codebook.nlist(), sample.rows().rows());

    Judge(CentroidRanking ranking, int[][] neighbors, @Nullable CodedLists coded) {
      this.ranking = ranking;
      this.neighbors = neighbors;
      this.coded = coded;
      this.scores = new float[coded == null ? 0 : sample.rows().rows()];
    }

    void judge(int q) {
      QueryCode query = new QueryCode(codebook.quantizer(), query(q));
      ranking.rank(query, codebook.nlist(), lists, distances);
      for (int rank = 0; rank < lists.length; rank++) {
        listRanks[lists[rank]] = rank + 1;
        bases[lists[rank]] = distances[rank];
      }
      int[] own = new int[neighbors[q].length];
      for (int i = 0; i < own.length; i++) {
        own[i] = listRanks[assignment.lists()[neighbors[q][i]]];
      }
      count(own, ranks.byProbe());
      boolean bytes = request.encoding() instanceof Encoding.Int8;
      if (coded != null && q < (bytes ? MAX_BYTE_QUERIES : Integer.MAX_VALUE)) {
        count(coded.ranks(query, bases, neighbors[q], scores), ranks.byDepth());
      }
    }
  }

  /**
   * Ranks counted, per measured k.
   *
   * @param byProbe of lists
   * @param byDepth of approximate distances
   */
  @SuppressWarnings("ArrayRecordComponent") // a carrier of counters, never compared
  private record Ranks(RankHistogram[] byProbe, RankHistogram[] byDepth) {

    static Ranks empty(int nlist, int rows) {
      return new Ranks(histograms(nlist), histograms(rows));
    }

    private static RankHistogram[] histograms(int maxRank) {
      RankHistogram[] histograms = new RankHistogram[Calibration.MEASURED_K.size()];
      Arrays.setAll(histograms, _ -> new RankHistogram(maxRank));
      return histograms;
    }

    void addAll(Ranks other) {
      for (int i = 0; i < byProbe.length; i++) {
        byProbe[i].addAll(other.byProbe[i]);
        byDepth[i].addAll(other.byDepth[i]);
      }
    }
  }

  private CodedLists code(Arena arena) throws IOException {
    return CodedLists.of(
        codebook,
        request.encoding(),
        sample.rows(),
        assignment,
        arena,
        workers,
        share -> tell(NEIGHBORS_SHARE + (CODED_SHARE - NEIGHBORS_SHARE) * share));
  }

  /** The query as a search would map it: inner products give it a scale of its own. */
  private float[] query(int number) {
    float[] query = sample.queries().row(number);
    if (codebook.metric() == Metric.INNER_PRODUCT) {
      codebook.space().mapQuery(query);
    }
    return query;
  }

  /** Counts the ranks of a query's true neighbours for each k that they belong to. */
  private static void count(int[] ranks, RankHistogram[] histograms) {
    for (int i = 0; i < histograms.length; i++) {
      int k = Math.min(Calibration.MEASURED_K.get(i), ranks.length);
      for (int j = 0; j < k; j++) {
        histograms[i].add(ranks[j]);
      }
    }
  }

  private void tell(double share) throws IOException {
    teller.tell(Phase.CALIBRATE, share, assignment.objective());
  }
}
