// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.run;

import io.github.luceneivf.benchmarks.contender.Layout;
import io.github.luceneivf.benchmarks.contender.Traffic;
import io.github.luceneivf.benchmarks.report.Family;
import io.github.luceneivf.benchmarks.report.TrafficResult;
import io.github.luceneivf.server.SidecarProcess;
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

  private final BenchContext context;
  private final String contender;
  private final Path folder;
  private final Side here = new Side("this process", new ArrayList<>());
  private final Side sidecar = new Side("sidecar", new ArrayList<>());

  private TrafficScenario(BenchContext context, String contender) {
    this.context = context;
    this.contender = contender;
    this.folder =
        context
            .settings()
            .work()
            .resolve("traffic")
            .resolve(context.set().name())
            .resolve(contender);
  }

  /** Runs the scenario. */
  static void run(BenchContext context, Findings findings) throws IOException {
    Optional<String> obstacle = whyNot();
    if (obstacle.isPresent()) {
      context.say("scenario traffic is left out: %s", obstacle.get());
      return;
    }
    for (String contender : context.settings().contenders()) {
      context.attempt(
          findings,
          "traffic",
          contender,
          () -> {
            if (context.describe(contender, Layout.MERGED).family() == Family.OURS) {
              findings.traffic().addAll(new TrafficScenario(context, contender).measure());
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
    Path data = Files.createDirectories(folder).resolve("sidecar");
    int repetitions = context.settings().effort().repetitions();
    SidecarProcess.Command command =
        SidecarProcess.Command.of(data, folder.resolve("sidecar.log"))
            .withPrefix(onCore(1))
            .withJava("-Xmx2g");
    try (SidecarProcess process = SidecarProcess.launch(command)) {
      int port = process.awaitPort();
      for (int repetition = 0; repetition < repetitions; repetition++) {
        context.say("traffic: %s, repetition %d of %d", contender, repetition + 1, repetitions);
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
    try (WorkerProcess worker = context.start(onCore(0), contender, HEAP)) {
      Traffic.Figures figures =
          worker.ask(
              new TrafficJob(port, place.toString(), context.settings().effort().warmUpSeconds()));
      if (port != 0 && (figures.remote() == 0 || figures.fallbacks() > 0)) {
        throw new WorkerException("the sidecar must do the work, got: " + figures);
      }
      context.say(
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
