// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.run;

import io.github.luceneivf.benchmarks.contender.Layout;
import io.github.luceneivf.benchmarks.contender.Traffic;
import io.github.luceneivf.benchmarks.report.Family;
import io.github.luceneivf.benchmarks.report.TrafficResult;
import io.github.luceneivf.benchmarks.sidecar.SidecarProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.lucene.util.IOUtils;

/**
 * Search while segments are merged: the searching process has one core of the machine. Either it
 * trains and encodes itself, or a sidecar does on another core; both take turns.
 */
final class TrafficScenario {

  private static final Path TASKSET = Path.of("/usr/bin/taskset");

  /** On one core a JVM would choose a collector that stops it for long. */
  private static final List<String> HEAP = List.of("-Xms2g", "-Xmx2g", "-XX:+UseG1GC");

  /** What is known of one who trains and encodes. */
  private record Side(String name, List<Traffic.Figures> figures) {}

  private final Lab lab;
  private final String contender;
  private final Path folder;
  private final Side here = new Side("this process", new ArrayList<>());
  private final Side sidecar = new Side("sidecar", new ArrayList<>());

  private TrafficScenario(Lab lab, String contender) {
    this.lab = lab;
    this.contender = contender;
    this.folder =
        lab.settings().work().resolve("traffic").resolve(lab.set().name()).resolve(contender);
  }

  /** Runs the scenario. */
  static void run(Lab lab, Findings findings) throws IOException {
    Optional<String> obstacle = whyNot();
    if (obstacle.isPresent()) {
      lab.say("scenario traffic is left out: %s", obstacle.get());
      return;
    }
    for (String contender : lab.settings().contenders()) {
      lab.attempt(
          findings,
          "traffic",
          contender,
          () -> {
            if (lab.describe(contender, Layout.MERGED).family() == Family.OURS) {
              findings.traffic().addAll(new TrafficScenario(lab, contender).measure());
            }
          });
    }
  }

  private static Optional<String> whyNot() {
    if (!Files.isExecutable(TASKSET)) {
      return Optional.of("there is no " + TASKSET);
    }
    return Runtime.getRuntime().availableProcessors() < 2
        ? Optional.of("it needs two cores")
        : Optional.empty();
  }

  private static List<String> onCore(int core) {
    return List.of(TASKSET.toString(), "-c", Integer.toString(core));
  }

  private List<TrafficResult> measure() throws IOException {
    IOUtils.rm(folder);
    Path data = Files.createDirectories(folder.resolve("sidecar"));
    int repetitions = lab.settings().effort().repetitions();
    try (SidecarProcess process = SidecarProcess.launch(onCore(1), "-Xmx2g", 0, data)) {
      int port = process.awaitPort();
      for (int repetition = 0; repetition < repetitions; repetition++) {
        lab.say("traffic: %s, repetition %d of %d", contender, repetition + 1, repetitions);
        take(here, 0);
        take(sidecar, port);
      }
    } finally {
      IOUtils.rm(folder);
    }
    return Stream.of(here, sidecar).map(this::result).toList();
  }

  private void take(Side side, int port) throws IOException {
    Path place = Files.createDirectories(folder.resolve("index"));
    try (WorkerProcess worker = lab.start(onCore(0), contender, HEAP)) {
      Traffic.Figures figures =
          worker.ask(
              new TrafficJob(port, place.toString(), lab.settings().effort().warmUpSeconds()));
      if (port != 0 && (figures.remote() == 0 || figures.fallbacks() > 0)) {
        throw new WorkerException("the sidecar must do the work, got: " + figures);
      }
      lab.say(
          "traffic: %s, trained by %s: warm after %d merges, %d queries beside those measured",
          contender, side.name(), figures.warmUpRounds(), figures.merging().count());
      side.figures().add(figures);
    }
  }

  private TrafficResult result(Side side) {
    return new TrafficResult(
        contender,
        side.name(),
        Points.median(side.figures(), figures -> figures.idle().p50()),
        Points.median(side.figures(), figures -> figures.idle().p99()),
        Points.median(side.figures(), figures -> figures.merging().p50()),
        Points.median(side.figures(), figures -> figures.merging().p99()),
        Points.median(side.figures(), Traffic.Figures::slowPerMerge),
        Points.median(side.figures(), Traffic.Figures::mergeSeconds));
  }
}
