// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.recall;

import io.github.luceneivf.probe.ProbeReport;
import io.github.luceneivf.search.IvfKnnFloatVectorQuery;
import io.github.luceneivf.search.NearestHits;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;

/**
 * Asks every query in every way for every k, and compares the answers with the true neighbours. A
 * hit counts if its score is at least that of the k-th true neighbour, so that equal scores are
 * interchangeable. Confined to one thread, which starts others.
 */
final class Measurement {

  /** Scores that are nearer to each other than this share of one are equal: sums are rounded. */
  private static final double TIE = 2e-6;

  private final VectorField field;
  private final IndexSearcher searcher;
  private final Queries queries;
  private final TrueNeighbors truth;
  private final List<Ask> asks = new ArrayList<>();

  Measurement(VectorField field, Queries queries, TrueNeighbors truth) {
    this.field = field;
    this.searcher = new IndexSearcher(field.reader());
    this.queries = queries;
    this.truth = truth;
  }

  /** Queries for one k in one way. */
  private final class Ask {
    private final int k;
    private final Setting setting;
    private final double[] recalls = new double[queries.vectors().rows()];
    private final double[] looked = new double[recalls.length];
    private final double[] estimated = new double[recalls.length];
    private final int[][] wanted = new int[recalls.length][field.formats().size()];
    private final int[][] found = new int[recalls.length][field.formats().size()];

    Ask(int k, Setting setting) {
      this.k = k;
      this.setting = setting;
    }

    void ask(int q) throws IOException {
      int own = queries.own()[q];
      Query filter = own < 0 ? null : new ExceptDocument(own);
      NearestHits hits =
          new IvfKnnFloatVectorQuery(
                  field.name(), queries.vectors().row(q), k, filter, setting.strategy())
              .search(searcher);
      ProbeReport report = hits.report();
      boolean tells = report.vectors() > 0;
      looked[q] = tells ? report.vectorsScanned() + report.vectorsScored() : Double.NaN;
      estimated[q] = tells ? report.estimatedRecall() : Double.NaN;
      int all = Math.min(k, truth.docs()[q].length);
      for (int rank = 0; rank < all; rank++) {
        wanted[q][formatOf(truth.docs()[q][rank])]++;
      }
      float least = all == 0 ? 0 : truth.scores()[q][all - 1];
      double allowed = least - TIE * Math.abs(least);
      int good = 0;
      for (ScoreDoc hit : hits.topDocs().scoreDocs) {
        if (good < all && hit.score >= allowed) {
          good++;
          found[q][formatOf(hit.doc)]++;
        }
      }
      recalls[q] = all == 0 ? 1 : (double) good / all;
    }

    RecallFigure figure() {
      return RecallFigure.of(k, setting.name(), recalls, mean(looked), mean(estimated));
    }

    List<FormatShare> shares() {
      List<FormatShare> shares = new ArrayList<>();
      for (int format = 0; format < field.formats().size(); format++) {
        int at = format;
        long of = IntStream.range(0, recalls.length).mapToLong(q -> wanted[q][at]).sum();
        long got =
            IntStream.range(0, recalls.length)
                .mapToLong(q -> Math.min(wanted[q][at], found[q][at]))
                .sum();
        shares.add(FormatShare.of(field, field.formats().get(format), k, of, got));
      }
      return shares;
    }
  }

  private static double mean(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum / values.length;
  }

  private int formatOf(int doc) {
    int leaf = ReaderUtil.subIndex(doc, field.reader().leaves());
    for (VectorField.Segment segment : field.segments()) {
      if (segment.leaf().ord == leaf) {
        return field.formats().indexOf(segment.format());
      }
    }
    throw new IllegalStateException("doc must be of a segment with vectors, got: " + doc);
  }

  /**
   * Measures.
   *
   * @param threads threads, at least 1
   * @param progress told of queries asked in all ways
   */
  void run(List<Integer> ks, List<Setting> settings, int threads, Progress progress)
      throws IOException {
    for (int k : ks) {
      settings.forEach(setting -> asks.add(new Ask(k, setting)));
    }
    List<Future<?>> tasks = new ArrayList<>();
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      for (int q = 0; q < queries.vectors().rows(); q++) {
        int query = q;
        tasks.add(
            pool.submit(() -> {
              for (Ask ask : asks) {
                ask.ask(query);
              }
              progress.advance(1);
              return null;
            }));
      }
      for (Future<?> task : tasks) {
        task.get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted in searching", e);
    } catch (ExecutionException e) {
      throw new IOException("search failed: " + e.getCause(), e.getCause());
    } finally {
      tasks.forEach(task -> task.cancel(true));
    }
  }

  /** Returns a figure for each k and setting. */
  List<RecallFigure> figures() {
    return asks.stream().map(Ask::figure).toList();
  }

  /** Returns, for each k and format, what of the neighbours in its segments the default finds. */
  List<FormatShare> shares() {
    return asks.stream()
        .filter(ask -> ask.setting.equals(Setting.DEFAULT))
        .flatMap(ask -> ask.shares().stream())
        .toList();
  }
}
