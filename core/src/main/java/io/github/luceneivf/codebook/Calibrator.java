// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codebook;

import io.github.luceneivf.calibration.Calibration;
import io.github.luceneivf.clustering.Assignment;
import io.github.luceneivf.clustering.ListSizes;
import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.clustering.NearestRows;
import io.github.luceneivf.clustering.Workers;
import io.github.luceneivf.codebook.TrainingProgress.Phase;
import io.github.luceneivf.quantization.Encoding;
import io.github.luceneivf.quantization.QueryCode;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Judges a codebook with {@link Questions}. Confined to one training. */
// For the true neighbours of each question among the training rows (brute force) two ranks are
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

  /** Of so many questions one is asked for the most neighbours, which take longer to find. */
  private static final int DEEP = 3;

  /** Neighbours that all others are asked for. */
  private static final int SHALLOW_K = 100;

  /** Byte codes are so near to exact that fewer queries tell their small depth. */
  private static final int MAX_BYTE_QUERIES = 100;

  /** One may be ranked among millions of codes, and aborts are heard between ranges. */
  private static final int QUERIES_PER_RANGE = 1;

  private static final int NONE = -1;

  /** Questions whose order of all lists is kept, about, to tell what a search scans. */
  private static final int MOST_ORDERS = 200;

  /** Lists from which on a training chooses to put vectors into two. */
  private static final int LEAST_LISTS = 16;

  private final TrainingRequest request;
  private final PreparedSample sample;
  private final Assignment assignment;
  private final ProgressTeller teller;
  private final Workers workers;
  private final CentroidRanking ranking;
  private Codebook codebook;
  private SpilledRows spilled;

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
    this.ranking = new CentroidRanking(codebook).with(reach());
    this.spilled = SpilledRows.none(sample.rows().rows());
  }

  private ListReach reach() {
    if (codebook.metric() != Metric.INNER_PRODUCT) {
      return ListReach.NONE;
    }
    ListReach.Measure measure = new ListReach.Measure(codebook);
    for (int row = 0; row < assignment.size(); row++) {
      measure.add(sample.rows().values(), row * codebook.dim(), assignment.lists()[row]);
    }
    return measure.reach();
  }

  /**
   * What was found.
   *
   * @param codebook as it was, but for the cost of spilling
   * @param spilled rows that are in a second list
   * @param imbalance nlist·Σs²/(Σs)² over the entries s of the lists
   */
  record Calibrated(Codebook codebook, Calibration calibration, int spilled, double imbalance) {}

  Calibrated calibrate() throws IOException {
    Calibration calibration = calibration();
    int[] entries = spilled.entries(assignment.sizes(), Float.POSITIVE_INFINITY);
    return new Calibrated(
        codebook, calibration, spilled.count(), ListSizes.of(entries).imbalance());
  }

  private Calibration calibration() throws IOException {
    tell(0);
    Questions questions = Questions.of(sample, spread(), request.params().seed());
    if (questions.size() == 0) {
      spill(questions, new int[0][]);
      tell(1);
      return Calibration.uncalibrated(codebook.nlist());
    }
    int[] leftOut = leftOut(questions);
    int[][] neighbors = neighbors(questions, leftOut);
    spill(questions, neighbors);
    Judgement[] judgements;
    try (Arena arena = Arena.ofShared()) {
      judgements = judge(questions, neighbors, leftOut, isExact() ? null : code(arena));
    }
    tell(1);
    double scale = Math.sqrt(Math.max(1, perRow()));
    float[] remoteness = new float[judgements.length];
    for (int i = 0; i < remoteness.length; i++) {
      remoteness[i] = judgements[i].remoteness();
    }
    JudgedBands bands =
        new JudgedBands(
            List.of(judgements), codebook.nlist(), sample.rows().rows() + spilled.count(), scale);
    return new Calibration(questions.size(), questions.usual(remoteness), bands.bands());
  }

  /** Typical distance of a row to its centroid. */
  private double spread() {
    double sum = 0;
    for (float squared : assignment.distances()) {
      sum += squared;
    }
    return Math.sqrt(Math.max(0, sum) / Math.max(1, assignment.distances().length));
  }

  private boolean isExact() {
    return request.encoding() instanceof Encoding.Float32;
  }

  /** Decides which vectors are in a second list. */
  private void spill(Questions questions, int[][] neighbors) throws IOException {
    int least = request.spill().isAuto() ? LEAST_LISTS : 2;
    boolean undecided = request.spill().isAuto() && questions.size() == 0;
    if (request.spill().share() == 0 || codebook.nlist() < least || undecided) {
      return;
    }
    SpilledRows all = SpilledRows.of(codebook, sample.rows(), assignment, workers);
    float cost =
        request.spill().isAuto()
            ? new SpillChoice(all, assignment.sizes(), Math.max(1, perRow()))
                .choose(ranks(questions, neighbors, all))
            : all.costOf(request.spill().share());
    spilled = all.below(cost);
    codebook = cost > 0 ? codebook.withSpillCost(cost) : codebook;
  }

  /** Vectors of the population for each row. */
  private double perRow() {
    return (double) request.population() / sample.rows().rows();
  }

  /** What those questions find that are like most that are asked. */
  private List<SpillChoice.Ranks> ranks(Questions questions, int[][] neighbors, SpilledRows all)
      throws IOException {
    int[] usual = IntStream.range(0, neighbors.length).filter(questions::isUsual).toArray();
    int every = Math.ceilDiv(usual.length, MOST_ORDERS);
    SpillChoice.Ranks[] ranks = new SpillChoice.Ranks[usual.length];
    Judge[] judges = new Judge[workers.count()];
    Arrays.setAll(judges, _ -> new Judge(null));
    workers.run(
        usual.length,
        QUERIES_PER_RANGE,
        (worker, from, to) -> {
          for (int i = from; i < to; i++) {
            QueryCode query = query(questions, usual[i]);
            ranks[i] = judges[worker].ranks(query, neighbors[usual[i]], all, i % every == 0);
          }
        },
        Workers.Tick.NONE);
    return List.of(ranks);
  }

  /** The list that each question leaves out, or none. */
  private int[] leftOut(Questions questions) {
    int[] leftOut = new int[questions.size()];
    Arrays.fill(leftOut, NONE);
    int[] lists = new int[codebook.nlist()];
    float[] distances = new float[lists.length];
    for (int q = 0; q < leftOut.length; q++) {
      if (questions.kind(q) == Questions.Kind.ALONE && codebook.nlist() > 1) {
        ranking.rankReproducibly(query(questions, q), lists, distances);
        leftOut[q] = lists[0];
      }
    }
    return leftOut;
  }

  private int[][] neighbors(Questions questions, int[] leftOut) throws IOException {
    int[][] neighbors = new int[questions.size()][];
    int[] deep = IntStream.range(0, neighbors.length).filter(q -> q % DEEP == 0).toArray();
    int[] others = IntStream.range(0, neighbors.length).filter(q -> q % DEEP != 0).toArray();
    double part = (double) deep.length / neighbors.length;
    int mostK = Calibration.MEASURED_K.getLast();
    find(questions, leftOut, new Round(deep, mostK, 0, part), neighbors);
    find(questions, leftOut, new Round(others, SHALLOW_K, part, 1 - part), neighbors);
    return neighbors;
  }

  /**
   * Questions that are asked together.
   *
   * @param some their numbers
   * @param k neighbours of each
   * @param begin share of this work that was done before
   * @param part share of it that they are
   */
  @SuppressWarnings("ArrayRecordComponent") // parameters, never compared
  private record Round(int[] some, int k, double begin, double part) {}

  private void find(Questions questions, int[] leftOut, Round round, int[][] neighbors)
      throws IOException {
    int[] some = round.some;
    if (some.length == 0) {
      return;
    }
    int[] lists = assignment.lists();
    int[][] found =
        NearestRows.find(
            sample.rows(),
            questions.matrix(some),
            new NearestRows.Wanted(
                round.k, codebook.metric(), (q, row) -> lists[row] != leftOut[some[q]]),
            workers,
            share -> tell(NEIGHBORS_SHARE * (round.begin + round.part * share)));
    for (int i = 0; i < some.length; i++) {
      neighbors[some[i]] = found[i];
    }
  }

  private Judgement[] judge(
      Questions questions, int[][] neighbors, int[] leftOut, @Nullable CodedLists coded)
      throws IOException {
    Judgement[] judgements = new Judgement[neighbors.length];
    int every =
        request.encoding() instanceof Encoding.Int8
            ? Math.ceilDiv(judgements.length, MAX_BYTE_QUERIES)
            : 1;
    Judge[] judges = new Judge[workers.count()];
    Arrays.setAll(judges, _ -> new Judge(coded));
    workers.run(
        neighbors.length,
        QUERIES_PER_RANGE,
        (worker, from, to) -> {
          for (int q = from; q < to; q++) {
            boolean deep = leftOut[q] == NONE && q % every == 0;
            boolean asked = questions.kind(q) == Questions.Kind.ASKED;
            judgements[q] =
                judges[worker].judge(query(questions, q), neighbors[q], leftOut[q], deep, asked);
          }
        },
        share -> tell(CODED_SHARE + (1 - CODED_SHARE) * share));
    return judgements;
  }

  private QueryCode query(Questions questions, int q) {
    return QueryCode.reproducible(codebook.quantizer(), questions.row(q));
  }

  /** Ranks queries one by one; one per worker. */
  private final class Judge {
    private final @Nullable CodedLists coded;
    private final int[] lists = new int[codebook.nlist()];
    private final int[] listRanks = new int[codebook.nlist()];
    private final float[] distances = new float[codebook.nlist()];
    private final float[] bases = new float[codebook.nlist()];
    private final float[] scores;

    Judge(@Nullable CodedLists coded) {
      this.coded = coded;
      this.scores = new float[coded == null ? 0 : coded.entries()];
    }

    /** Ranks lists; returns the nearest. */
    private int rank(QueryCode query, int leftOut) {
      ranking.rankReproducibly(query, lists, distances);
      int rank = 0;
      int nearest = 0;
      for (int i = 0; i < lists.length; i++) {
        if (lists[i] != leftOut) {
          nearest = rank == 0 ? lists[i] : nearest;
          listRanks[lists[i]] = ++rank;
        } else {
          listRanks[lists[i]] = lists.length;
        }
        bases[lists[i]] = distances[i];
      }
      return nearest;
    }

    SpillChoice.Ranks ranks(QueryCode query, int[] neighbors, SpilledRows all, boolean ordered) {
      rank(query, NONE);
      int[] rows = Arrays.copyOf(neighbors, Math.min(neighbors.length, SpillChoice.K));
      int[] own = new int[rows.length];
      int[] second = new int[rows.length];
      for (int i = 0; i < rows.length; i++) {
        own[i] = listRanks[assignment.lists()[rows[i]]];
        int list = all.lists()[rows[i]];
        second[i] = list < 0 ? lists.length : listRanks[list];
      }
      return new SpillChoice.Ranks(rows, own, second, ordered ? lists.clone() : new int[0]);
    }

    Judgement judge(QueryCode query, int[] neighbors, int leftOut, boolean deep, boolean asked) {
      int nearest = rank(query, leftOut);
      int[] own = new int[neighbors.length];
      for (int i = 0; i < own.length; i++) {
        own[i] = listRanks[assignment.lists()[neighbors[i]]];
        int list = spilled.lists()[neighbors[i]];
        own[i] = list < 0 ? own[i] : Math.min(own[i], listRanks[list]);
      }
      int[] depths =
          coded == null || !deep ? new int[0] : coded.ranks(query, bases, neighbors, scores);
      float remoteness = Remoteness.of(codebook, query.mapped(), nearest);
      return new Judgement(remoteness, own, depths, asked);
    }
  }

  private CodedLists code(Arena arena) throws IOException {
    return CodedLists.of(
        codebook,
        request.encoding(),
        sample.rows(),
        assignment,
        spilled,
        arena,
        workers,
        share -> tell(NEIGHBORS_SHARE + (CODED_SHARE - NEIGHBORS_SHARE) * share));
  }

  private void tell(double share) throws IOException {
    teller.tell(Phase.CALIBRATE, share, assignment.objective());
  }
}
