package io.github.luceneivf.codebook;

import io.github.luceneivf.calibration.Calibration;
import io.github.luceneivf.calibration.RankHistogram;
import io.github.luceneivf.clustering.Assignment;
import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.Metric;
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

  private final Codebook codebook;
  private final TrainingRequest request;
  private final PreparedSample sample;
  private final Assignment assignment;
  private final ProgressTeller teller;

  Calibrator(
      Codebook codebook,
      TrainingRequest request,
      PreparedSample sample,
      Assignment assignment,
      ProgressTeller teller) {
    this.codebook = codebook;
    this.request = request;
    this.sample = sample;
    this.assignment = assignment;
    this.teller = teller;
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
        TrueNeighbors.find(
            sample.rows(),
            queries,
            most,
            codebook.metric(),
            share -> tell(NEIGHBORS_SHARE * share));
    RankHistogram[] byProbe = histograms(codebook.nlist());
    RankHistogram[] byDepth = histograms(sample.rows().rows());
    try (Arena arena = Arena.ofConfined()) {
      judge(neighbors, isExact() ? null : code(arena), byProbe, byDepth);
    }
    tell(1);
    double scale = Math.sqrt(Math.max(1, (double) request.population() / sample.rows().rows()));
    List<Calibration.Curve> curves = new ArrayList<>();
    for (int i = 0; i < byProbe.length; i++) {
      List<Calibration.Point> depths = isExact() ? List.of() : byDepth[i].points(true, scale);
      curves.add(
          new Calibration.Curve(
              Calibration.MEASURED_K.get(i), byProbe[i].points(false, 1), depths));
    }
    return new Calibration(queries.rows(), curves);
  }

  private static RankHistogram[] histograms(int maxRank) {
    RankHistogram[] histograms = new RankHistogram[Calibration.MEASURED_K.size()];
    Arrays.setAll(histograms, i -> new RankHistogram(maxRank));
    return histograms;
  }

  private boolean isExact() {
    return request.encoding() instanceof Encoding.Float32;
  }

  private void judge(
      int[][] neighbors,
      @Nullable CodedLists coded,
      RankHistogram[] byProbe,
      RankHistogram[] byDepth)
      throws IOException {
    CentroidRanking ranking = new CentroidRanking(codebook);
    int nlist = codebook.nlist();
    int[] lists = new int[nlist];
    int[] listRanks = new int[nlist];
    float[] distances = new float[nlist];
    float[] bases = new float[nlist];
    boolean bytes = request.encoding() instanceof Encoding.Int8;
    int codedQueries = bytes ? MAX_BYTE_QUERIES : neighbors.length;
    for (int q = 0; q < neighbors.length; q++) {
      tell(CODED_SHARE + (1 - CODED_SHARE) * q / neighbors.length);
      QueryCode query = new QueryCode(codebook.quantizer(), query(q));
      ranking.rank(query, nlist, lists, distances);
      for (int rank = 0; rank < nlist; rank++) {
        listRanks[lists[rank]] = rank + 1;
        bases[lists[rank]] = distances[rank];
      }
      int[] ranks = new int[neighbors[q].length];
      for (int i = 0; i < ranks.length; i++) {
        ranks[i] = listRanks[assignment.lists()[neighbors[q][i]]];
      }
      count(ranks, byProbe);
      if (coded != null && q < codedQueries) {
        count(coded.ranks(query, bases, neighbors[q]), byDepth);
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
