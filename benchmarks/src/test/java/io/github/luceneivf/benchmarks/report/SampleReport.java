// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.report;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** A report of made-up figures that look like real ones. */
final class SampleReport {

  private SampleReport() {}

  /** Writes the report into a folder, to be looked at. */
  public static void main(String[] args) throws IOException {
    System.out.println(ReportText.of(full()));
    ReportFiles.write(full(), Path.of(args[0]));
  }

  static Machine machine() {
    return new Machine(
        "AMD EPYC 9B45",
        2,
        24L << 30,
        "Linux 6.1",
        "25+36 Eclipse Adoptium",
        "panama-512",
        List.of("Lucene 10.5.1", "Elasticsearch 9.5.3", "FAISS 1.7.3"),
        "2026-11-22T14:00:00Z");
  }

  static Point point(String settings, double recall, double qps) {
    return new Point(
        settings,
        recall,
        recall,
        qps,
        qps * 0.95,
        qps * 1.04,
        qps * 0.9,
        1e6 / qps,
        2.4e6 / qps,
        1800,
        40_000_000 / qps,
        Double.NaN,
        false);
  }

  /** One data set, one scenario; two of ours, two peers. */
  static BenchReport small() {
    ScenarioResult scenario =
        new ScenarioResult(
            "one segment",
            List.of(
                curve("ours 1-bit", Family.OURS, 0.91, 900, 0.96, 600, 0.995, 100),
                curve("ours <int8>", Family.OURS, 0.93, 500, 0.97, 400),
                curve("hnsw M=16", Family.HNSW, 0.92, 300, 0.951, 200),
                curve("exact", Family.EXACT, 1, 5)));
    return new BenchReport(
        machine(),
        List.of(
            new DataSetResult(
                "tiny",
                1000,
                16,
                "EUCLIDEAN",
                50,
                List.of(scenario),
                List.of(
                    new BuildResult(
                        "ours 1-bit",
                        1.5,
                        2.5,
                        Double.NaN,
                        50_000_000,
                        Map.of("vec", 64_000L, "ivp", 4_000L, "ivc", 1_000L))),
                List.of(new OpeningResult("ours 1-bit", 12, 20, 2, 0.5, 0.1, 1.25, 0.2)),
                List.of(
                    new MergeResult(
                        "ours 1-bit", Family.OURS, 0.9, 0.6, 0.4, 0.3, 72_000, 4.5, 5_000_000),
                    new MergeResult("exact", Family.EXACT, 0.5, 0.2, 0.4, 0.2, 64_000, 0, 0)),
                List.of(new TrafficResult("ours 1-bit", "sidecar", 180, 400, 190, 600, 4, 5.5)),
                List.of(
                    new AbortResult(
                        "ours 1-bit", Family.OURS, "sidecar", "training", 9, 4.5, 21.25)),
                List.of(
                    decay("ours 1-bit", Family.OURS, 0.97, 0.9625, 0.971),
                    decay("hnsw M=16", Family.HNSW, 0.99, 0.95, 0.9)),
                List.of(
                    filter("ours 1-bit", Family.OURS, false, 2_000, 1.5),
                    filter("ours 1-bit", Family.OURS, true, 3_500, 1.2),
                    filter("hnsw M=16", Family.HNSW, true, 1_000, 2),
                    filter("hnsw M=32", Family.HNSW, true, 800, 2.5)),
                List.of("one segment: hnsw M=32: it ended"))));
  }

  private static DecayResult decay(String name, Family family, double... recalls) {
    List<DecayResult.Round> rounds = new ArrayList<>();
    for (double recall : recalls) {
      rounds.add(new DecayResult.Round(rounds.size(), recall, 1.5, 200));
    }
    return new DecayResult(name, family, rounds);
  }

  private static Curve curve(String name, Family family, double... recallAndQps) {
    List<Point> points = new ArrayList<>();
    for (int i = 0; i < recallAndQps.length; i += 2) {
      points.add(point("nprobe=" + i, recallAndQps[i], recallAndQps[i + 1]));
    }
    return new Curve(name, family, points);
  }

  /** As much as a real run has. */
  static BenchReport full() {
    SplittableRandom random = new SplittableRandom(1);
    List<DataSetResult> sets = new ArrayList<>();
    sets.add(set("fashion-mnist", 60_000, 784, "EUCLIDEAN", 1, random));
    sets.add(set("wordnet-minilm", 116_791, 384, "COSINE", 2.2, random));
    return new BenchReport(machine(), sets);
  }

  private static DataSetResult set(
      String name, int vectors, int dim, String metric, double hard, SplittableRandom random) {
    List<ScenarioResult> scenarios = new ArrayList<>();
    for (String scenario : List.of("one segment", "10 segments", "filter 1 % random")) {
      scenarios.add(new ScenarioResult(scenario, curves(hard, random)));
      hard *= 1.5;
    }
    List<BuildResult> builds = new ArrayList<>();
    for (String contender : List.of("ivf BIT1", "ivf INT4", "HNSW 1-bit M=16", "DiskBBQ 1-bit")) {
      long ours = contender.startsWith("ivf") ? 1 : 0;
      builds.add(
          new BuildResult(
              contender,
              random.nextDouble(1, 30),
              random.nextDouble(1, 50),
              random.nextDouble(1, 60),
              random.nextLong(100_000_000, 900_000_000),
              ours == 1
                  ? Map.of(
                      "vec",
                      188_000_000L,
                      "vemf",
                      120L,
                      "ivp",
                      6_600_000L,
                      "ivc",
                      1_400_000L,
                      "ivo",
                      480_000L,
                      "ivm",
                      900L)
                  : Map.of(
                      "vec",
                      188_000_000L,
                      "vemf",
                      120L,
                      "veb",
                      6_900_000L,
                      "vex",
                      4_100_000L,
                      "cfs",
                      210_000L,
                      "fdt",
                      96_000L)));
    }
    return new DataSetResult(
        name, vectors, dim, metric, 1000, scenarios, builds, List.of(), List.of(), List.of(),
        List.of(), List.of(), List.of(), List.of());
  }

  private static FilterResult filter(
      String contender, Family family, boolean tuned, double qps, double cost) {
    return new FilterResult(
        new FilterResult.Circumstances("10 segments", "1 % at random", true, 10.5),
        contender,
        family,
        tuned,
        tuned ? "ef=40" : "defaults",
        new FilterResult.Found(0.97, 0.8, 0.01),
        new FilterResult.Speed(qps, 0.9 * qps, 1.1 * qps, cost));
  }

  private static List<Curve> curves(double hard, SplittableRandom random) {
    return List.of(
        swept("ivf BIT1 (default)", Family.OURS, 62_000 / hard, 1, hard, random),
        swept("ivf BIT2", Family.OURS, 51_000 / hard, 1, hard, random),
        swept("ivf INT4", Family.OURS, 47_000 / hard, 1, hard, random),
        swept("ivf INT8", Family.OURS, 26_000 / hard, 1, hard, random),
        swept("ivf PQ", Family.OURS, 43_000 / hard, 1, hard, random),
        swept("ivf FLOAT32", Family.OURS, 11_000 / hard, 1, hard, random),
        swept("HNSW float32 M=16 bw=100", Family.HNSW, 17_000 / hard, 0.999, hard, random),
        swept("HNSW float32 M=32 bw=200", Family.HNSW, 14_500 / hard, 1, hard, random),
        swept("HNSW 8-bit M=16", Family.HNSW, 16_000 / hard, 0.97, hard, random),
        swept("HNSW 1-bit M=16", Family.HNSW, 19_000 / hard, 0.96, hard, random),
        swept("DiskBBQ 1-bit", Family.DISKBBQ, 9_000 / hard, 0.93, hard, random),
        swept("DiskBBQ 4-bit preconditioned", Family.DISKBBQ, 7_000 / hard, 0.995, hard, random),
        swept("FAISS IVF-Flat", Family.FAISS, 10_000 / hard, 1, hard, random),
        new Curve("exact scan", Family.EXACT, List.of(point("all", 1, 210))));
  }

  /** Recall rises to a ceiling and speed falls as settings grow; each with two rerank depths. */
  private static Curve swept(
      String name,
      Family family,
      double qps,
      double ceiling,
      double hard,
      SplittableRandom random) {
    List<Point> points = new ArrayList<>();
    for (int effort = 1; effort <= 256; effort *= 2) {
      for (int depth : new int[] {20, 60}) {
        double found = 1 - 0.4 * Math.pow(effort, -0.75) / Math.sqrt(depth / 40.0);
        double recall = ceiling * found;
        double speed = qps * 1.6 / (1 + 0.12 * effort * Math.sqrt(hard)) * (1 - depth / 400.0);
        String settings = "nprobe=" + effort + " depth=" + depth;
        Point point = point(settings, recall, speed * random.nextDouble(0.97, 1.03));
        points.add(effort == 16 && depth == 60 ? asDefault(point) : point);
      }
    }
    return new Curve(name, family, points);
  }

  private static Point asDefault(Point point) {
    return new Point(
        point.settings(),
        point.recallTuning(),
        point.recall(),
        point.qpsMedian(),
        point.qpsLow(),
        point.qpsHigh(),
        point.wallQpsMedian(),
        point.p50Micros(),
        point.p99Micros(),
        point.allocatedBytesPerQuery(),
        point.visitedPerQuery(),
        point.readBytesPerQuery(),
        true);
  }
}
