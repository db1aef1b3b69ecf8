// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.run;

import io.github.luceneivf.benchmarks.contender.AbortedMerges;
import io.github.luceneivf.benchmarks.contender.Layout;
import io.github.luceneivf.benchmarks.report.AbortResult;
import io.github.luceneivf.benchmarks.report.Family;
import io.github.luceneivf.server.SidecarProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.lucene.util.IOUtils;

/**
 * How long a writer takes to give up the merge of ten segments into one, by what the merge is at;
 * this project's once more with a sidecar that trains and encodes.
 */
final class AbortScenario {

  private static final List<String> HEAP = List.of("-Xmx4g");

  /** Aborts per repetition. */
  private static final int ABORTS = 8;

  private static final double LONGEST_SECONDS = 60;
  private static final double SECONDS = 600;

  private static final String ALL = "all";

  private final BenchContext context;
  private final String contender;
  private final DescribeJob.Description description;
  private final Path folder;

  private AbortScenario(
      BenchContext context, String contender, DescribeJob.Description description) {
    this.context = context;
    this.contender = contender;
    this.description = description;
    this.folder =
        context.settings().work().resolve("abort").resolve(context.set().name()).resolve(contender);
  }

  /** Runs the scenario. */
  static void run(BenchContext context, Findings findings) throws IOException {
    context.eachThatMerges(
        findings,
        "abort",
        (contender, description) ->
            findings.aborts().addAll(new AbortScenario(context, contender, description).all()));
  }

  private List<AbortResult> all() throws IOException {
    IOUtils.rm(folder);
    Files.createDirectories(folder);
    try {
      List<AbortResult> results = new ArrayList<>(measure("this process", 0));
      if (description.family() == Family.OURS) {
        SidecarProcess.Command command =
            SidecarProcess.Command.of(folder.resolve("sidecar"), folder.resolve("sidecar.log"))
                .withJava("-Xmx2g");
        try (SidecarProcess sidecar = SidecarProcess.launch(command)) {
          results.addAll(measure("sidecar", sidecar.awaitPort()));
        }
      }
      return results;
    } finally {
      IOUtils.rm(folder);
    }
  }

  private List<AbortResult> measure(String trainedBy, int port) throws IOException {
    String index = description.defaults().index();
    Path segments = context.index(contender, index, Layout.SEGMENTS, description).files();
    Path scratch = Files.createDirectory(folder.resolve("port" + port));
    AbortedMerges.Limits limits =
        new AbortedMerges.Limits(
            ABORTS * context.settings().effort().repetitions(), LONGEST_SECONDS, SECONDS);
    context.say("abort: %s, trained by %s", contender, trainedBy);
    try (WorkerProcess worker = context.start(List.of(), contender, HEAP)) {
      return results(
          trainedBy,
          worker
              .ask(new AbortJob(index, port, segments.toString(), scratch.toString(), limits))
              .all());
    }
  }

  private List<AbortResult> results(String trainedBy, List<AbortedMerges.Abort> aborts) {
    Map<String, List<Double>> byPhase = new LinkedHashMap<>();
    for (AbortedMerges.Abort abort : aborts) {
      byPhase.computeIfAbsent(ALL, _ -> new ArrayList<>()).add(abort.millis());
      byPhase.computeIfAbsent(abort.phase(), _ -> new ArrayList<>()).add(abort.millis());
    }
    String name = (contender + " " + description.defaults().index()).strip();
    return byPhase.entrySet().stream()
        .map(phase -> {
          double[] millis =
              phase.getValue().stream().mapToDouble(Double::doubleValue).sorted().toArray();
          return new AbortResult(
              name,
              description.family(),
              trainedBy,
              phase.getKey(),
              millis.length,
              Points.median(millis),
              millis[millis.length - 1]);
        })
        .toList();
  }
}
