// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.recall;

import io.github.luceneivf.benchmarks.report.ReportJson;
import io.github.luceneivf.codec.IvfStatistics;
import io.github.luceneivf.server.cli.BuildVersion;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.store.Directory;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ./ivf recall}: the command line of measuring an index of one's own. */
@Command(
    name = "ivf recall",
    mixinStandardHelpOptions = true,
    versionProvider = BuildVersion.class,
    sortOptions = false,
    usageHelpWidth = 100,
    description = {
      "Measures what searches of a vector field find of the true nearest neighbours, which are found"
          + " by comparing all vectors, and says what to change. The index is only read: it may be"
          + " written meanwhile, no lock is taken.",
      ""
    })
public final class RecallCommand implements Callable<Integer> {

  private static final int MAX_SAMPLE = 10_000;
  private static final int MAX_K = 10_000;

  @Option(
      names = "--index",
      paramLabel = "DIR",
      required = true,
      description = "folder of the Lucene index")
  private Path index = Path.of(".");

  @Option(
      names = "--field",
      paramLabel = "NAME",
      required = true,
      description = "field of float vectors")
  private String field = "";

  @Option(
      names = "--queries",
      paramLabel = "FILE",
      description = {
        "queries to ask: .npy, .fvecs, .bvecs, .f16.gz, or test of an .hdf5 of ann-benchmarks"
            + " (default: documents drawn from the index, each left out of its own answer)"
      })
  private @Nullable Path queries;

  @Option(
      names = "--sample",
      paramLabel = "N",
      defaultValue = "500",
      description = "queries asked at most, drawn by the seed (default: ${DEFAULT-VALUE})")
  private int sample;

  @Option(
      names = "--k",
      paramLabel = "K",
      split = ",",
      defaultValue = "1,10,100",
      description = "neighbours wanted (default: ${DEFAULT-VALUE})")
  private List<Integer> ks = new ArrayList<>();

  @Option(
      names = "--target",
      paramLabel = "RECALL",
      split = ",",
      defaultValue = "0.9,0.95,0.99",
      description = "recall aimed at, beside the default (default: ${DEFAULT-VALUE})")
  private List<Double> targets = new ArrayList<>();

  @Option(
      names = "--nprobe",
      paramLabel = "N",
      split = ",",
      description = "lists probed, beside the default (default: none)")
  private List<Integer> nprobes = new ArrayList<>();

  @Option(
      names = "--want",
      paramLabel = "RECALL",
      defaultValue = "0.95",
      description = "recall that the advice is for (default: ${DEFAULT-VALUE})")
  private double wanted;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "threads (default: one for each processor)")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "seed of what is drawn (default: ${DEFAULT-VALUE})")
  private long seed;

  @Option(names = "--json", paramLabel = "FILE", description = "write the figures to this file")
  private @Nullable Path json;

  @Option(
      names = "--class-path",
      paramLabel = "PATH",
      description = "jars of codecs and formats that the index names and Lucene does not have")
  private @Nullable String classPath;

  @Spec private CommandSpec spec = CommandSpec.create();

  /** Creates a command. */
  RecallCommand() {}

  /** Runs the command and exits: 0 if it was measured, 1 if not, 2 for wrong arguments. */
  public static void main(String[] args) {
    System.exit(command().execute(args));
  }

  /** Returns the command line. */
  static CommandLine command() {
    CommandLine command = new CommandLine(new RecallCommand());
    command.setExecutionExceptionHandler((e, cmd, _) -> failed(e, cmd));
    return command;
  }

  private static int failed(Exception e, CommandLine command) {
    command.getErr().println("ivf recall: " + e.getMessage());
    if (!(e instanceof IOException)) {
      e.printStackTrace(command.getErr());
    }
    return 1;
  }

  @Override
  public Integer call() throws IOException {
    List<Setting> settings = settings();
    if (classPath != null) {
      ForeignCodecs.load(classPath);
    }
    try (Directory directory = ReadOnlyDirectory.open(index);
        DirectoryReader reader = VectorField.open(directory, index)) {
      RecallReport report = measure(VectorField.of(reader, field), settings);
      spec.commandLine().getOut().print(RecallText.of(report));
      spec.commandLine().getOut().flush();
      if (json != null) {
        ReportJson.write(report, json);
      }
    }
    return 0;
  }

  private List<Setting> settings() {
    requireRange("--sample", sample, 1, MAX_SAMPLE);
    requireRange("--threads", threads, 1, 1024);
    ks.forEach(k -> requireRange("--k", k, 1, MAX_K));
    if (!(wanted > 0 && wanted < 1)) {
      throw wrong("--want must be in (0, 1), got: " + wanted);
    }
    List<Setting> settings = new ArrayList<>();
    settings.add(Setting.DEFAULT);
    try {
      targets.forEach(target -> settings.add(Setting.recall(target)));
      nprobes.forEach(nprobe -> settings.add(Setting.nprobe(nprobe)));
    } catch (IllegalArgumentException e) {
      throw wrong(String.valueOf(e.getMessage()));
    }
    settings.add(Setting.OVERSAMPLED);
    return settings;
  }

  private void requireRange(String name, int value, int least, int most) {
    if (value < least || value > most) {
      throw wrong(name + " must be in [" + least + ", " + most + "], got: " + value);
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private RecallReport measure(VectorField vectors, List<Setting> all) throws IOException {
    boolean ours = vectors.segments().stream().anyMatch(VectorField.Segment::isOurs);
    // Other formats know nothing of our settings.
    List<Setting> settings = ours ? all : List.of(Setting.DEFAULT);
    Queries asked =
        queries == null
            ? Queries.sampled(vectors, sample, seed)
            : Queries.read(queries, vectors, sample, seed);
    TrueNeighbors truth;
    int most = ks.stream().mapToInt(k -> k).max().orElseThrow();
    try (Progress progress = progress("exact search", vectors.vectors())) {
      truth = TrueNeighbors.find(vectors, asked, most, threads, progress);
    }
    Measurement measurement = new Measurement(vectors, asked, truth);
    try (Progress progress = progress("searching", asked.vectors().rows())) {
      measurement.run(ks.stream().distinct().sorted().toList(), settings, threads, progress);
    }
    List<RecallFigure> figures = measurement.figures();
    Optional<IvfStatistics> statistics =
        ours ? Optional.of(IvfStatistics.of(vectors.reader(), field)) : Optional.empty();
    List<String> advice =
        new ArrayList<>(Advice.of(wanted, figures, settings, statistics, queries != null));
    if (vectors.segments().stream().anyMatch(segment -> !segment.isOurs())) {
      advice.add(Advice.otherFormats(vectors));
    }
    return new RecallReport(
        index.toString(),
        field,
        vectors.dim(),
        vectors.similarity().name(),
        vectors.vectors(),
        asked.source(),
        wanted,
        figures,
        measurement.shares(),
        advice);
  }

  private static Progress progress(String task, long total) {
    PrintStream out = System.err;
    return Progress.start(out, System.console() != null, task, total);
  }
}
