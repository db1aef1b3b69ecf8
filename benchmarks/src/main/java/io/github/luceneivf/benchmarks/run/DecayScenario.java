// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.run;

import io.github.luceneivf.benchmarks.contender.Decay;
import io.github.luceneivf.benchmarks.contender.DecayScript;
import io.github.luceneivf.benchmarks.data.DataSet;
import io.github.luceneivf.benchmarks.data.Neighbors;
import io.github.luceneivf.benchmarks.data.Recall;
import io.github.luceneivf.benchmarks.report.DecayResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.stream.IntStream;
import org.apache.lucene.util.IOUtils;

/**
 * Recall of an index that changes all the time: 50 rounds of 1 % deletes, 1 % inserts and a merge
 * into one segment, nothing set, beside the exact neighbours among the rows of each round.
 */
final class DecayScenario {

  private static final int ROUNDS = 50;

  /**
   * Neighbours among all rows; those of a round are the first of them that it has. Where it has too
   * few, because rows on a subject come late, all its rows are looked at.
   */
  private static final int NEIGHBORS = 300;

  /** Nearness in float agrees with that in double precision to about this much. */
  private static final double TOLERANCE = 1e-6;

  private final BenchContext context;
  private final Neighbors neighbors;

  private DecayScenario(BenchContext context, Neighbors neighbors) {
    this.context = context;
    this.neighbors = neighbors;
  }

  /** Runs the scenario. */
  static void run(BenchContext context, Findings findings) throws IOException {
    int rows = context.set().base().size();
    DataSet all =
        context.set().subset(IntStream.range(0, rows).toArray(), Math.min(rows, NEIGHBORS));
    DecayScenario scenario = new DecayScenario(context, all.neighbors());
    context.eachThatMerges(
        findings,
        "decay",
        (contender, description) ->
            findings.decays().add(scenario.measure(contender, description)));
  }

  private DecayResult measure(String contender, DescribeJob.Description description)
      throws IOException {
    Path folder =
        context.settings().work().resolve("decay").resolve(context.set().name()).resolve(contender);
    IOUtils.rm(folder);
    Files.createDirectories(folder);
    context.say("decay: %s", contender);
    try (WorkerProcess worker = context.searcher(contender)) {
      Decay.Trace trace = worker.ask(new DecayJob(ROUNDS, folder.toString()));
      DecayScript script = new DecayScript(context.set().base().size(), ROUNDS);
      List<DecayResult.Round> rounds = new ArrayList<>();
      for (Decay.Round round : trace.rounds()) {
        if (!rounds.isEmpty()) {
          script.next();
        }
        rounds.add(
            new DecayResult.Round(
                rounds.size(),
                recall(script, round.found()),
                round.mergeSeconds(),
                round.micros()));
      }
      String name = (contender + " " + description.defaults().index()).strip();
      return new DecayResult(name, description.family(), rounds);
    } finally {
      IOUtils.rm(folder);
    }
  }

  private double recall(DecayScript script, int[] found) throws IOException {
    int[] queries = Half.REPORT.of(context.queries()).toArray();
    double sum = 0;
    for (int i = 0; i < queries.length; i++) {
      sum += recall(script, queries[i], found, i * Recall.K);
    }
    return sum / queries.length;
  }

  /** As near as the last of the true neighbours is as good as one of them. */
  private double recall(DecayScript script, int query, int[] found, int from) throws IOException {
    int[] live =
        IntStream.range(0, neighbors.k())
            .map(rank -> neighbors.ord(query, rank))
            .filter(script::isLive)
            .limit(Recall.K)
            .toArray();
    double kth =
        live.length < Recall.K
            ? kthOfAll(script, query)
            : context.set().nearness(query, live[Recall.K - 1]);
    int hits = 0;
    for (int i = from; i < from + Recall.K; i++) {
      hits +=
          found[i] >= 0
                  && script.isLive(found[i])
                  && context.set().nearness(query, found[i]) >= kth - TOLERANCE * Math.abs(kth)
              ? 1
              : 0;
    }
    return (double) hits / Recall.K;
  }

  private double kthOfAll(DecayScript script, int query) throws IOException {
    PriorityQueue<Double> nearest = new PriorityQueue<>();
    for (int row = 0; row < context.set().base().size(); row++) {
      if (script.isLive(row)) {
        nearest.add(context.set().nearness(query, row));
        if (nearest.size() > Recall.K) {
          nearest.remove();
        }
      }
    }
    return nearest.element();
  }
}
