// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.run;

import io.github.luceneivf.benchmarks.contender.FaissWheel;
import io.github.luceneivf.benchmarks.data.DataSet;
import io.github.luceneivf.benchmarks.data.DataSets;
import io.github.luceneivf.benchmarks.report.BenchReport;
import io.github.luceneivf.benchmarks.report.DataSetResult;
import io.github.luceneivf.benchmarks.report.Machine;
import io.github.luceneivf.benchmarks.report.ReportFiles;
import io.github.luceneivf.benchmarks.report.ReportText;
import io.github.luceneivf.kernel.Kernels;
import io.github.luceneivf.server.cli.BuildVersion;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.lucene.util.Version;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ./ivf bench}: the command line of the benchmarks. */
@Command(
    name = "ivf bench",
    mixinStandardHelpOptions = true,
    versionProvider = BuildVersion.class,
    sortOptions = false,
    usageHelpWidth = 100,
    description = {
      "Measures this index beside its peers on the same data: each in a process of its own, taking"
          + " turns, settings chosen on one half of the queries and reported on the other.",
      ""
    })
public final class Bench implements Callable<Integer> {

  /** Environment variable in which the launcher passes the class path of DiskBBQ. */
  private static final String DISKBBQ = "IVF_BENCH_DISKBBQ";

  @Option(
      names = "--data",
      paramLabel = "NAME|FILE",
      split = ",",
      defaultValue = "fashion-mnist,wordnet-minilm",
      description = {
        "data sets: names of real ones; clustered-1m, patches-1m, embeddings-100k, lengths-100k and"
            + " the like to be generated;"
            + " .hdf5 files of ann-benchmarks; folders of .fvecs, .bvecs or .npy (default:"
            + " ${DEFAULT-VALUE})"
      })
  private List<String> data = new ArrayList<>();

  @Option(
      names = "--data-folder",
      paramLabel = "DIR",
      defaultValue = "${sys:ivf.home:-.}/../shared/data",
      description = "folder of the data sets (default: ../shared/data beside the project)")
  private Path dataFolder = Path.of(".");

  @Option(
      names = "--contenders",
      paramLabel = "NAME",
      split = ",",
      description = "names, or beginnings of names, of those who compete (default: all there are)")
  private List<String> contenders = new ArrayList<>();

  @Option(
      names = "--scenario",
      paramLabel = "NAME",
      split = ",",
      defaultValue = "single",
      description = "what is measured (default: ${DEFAULT-VALUE})")
  private List<String> scenarios = new ArrayList<>();

  @Option(
      names = "--repetitions",
      paramLabel = "N",
      description = "turns of each contender (default: 3)")
  private @Nullable Integer repetitions;

  @Option(
      names = "--queries",
      paramLabel = "N",
      defaultValue = "1000",
      description = "queries, one half for tuning (default: ${DEFAULT-VALUE})")
  private int queries;

  @Option(
      names = "--work",
      paramLabel = "DIR",
      defaultValue = "${sys:ivf.home:-.}/.ivf/bench",
      description = "folder for vectors, indexes and logs, kept (default: .ivf/bench)")
  private Path work = Path.of(".");

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "folder for the reports (default: the work folder)")
  private @Nullable Path out;

  @Option(
      names = "--diskbbq",
      description = {
        "let Elasticsearch's DiskBBQ compete as well; downloads Elasticsearch, which is not under"
            + " an Apache licence"
      })
  private boolean diskbbq;

  @Option(
      names = "--faiss",
      description = "let FAISS compete as well; downloads its wheel for Python, with pip, once")
  private boolean faiss;

  @Option(names = "--quick", description = "short and inexact: shows that everything works")
  private boolean quick;

  @Spec private CommandSpec spec = CommandSpec.create();

  private Bench() {}

  /** Runs the benchmarks and exits: 0 if all went well, 1 if not, 2 for wrong arguments. */
  public static void main(String[] args) {
    CommandLine command = new CommandLine(new Bench());
    command.setExecutionExceptionHandler((e, cmd, _) -> failed(e, cmd));
    System.exit(command.execute(args));
  }

  @Override
  public Integer call() throws IOException {
    Progress progress = new Progress(System.err);
    BenchSettings settings;
    List<Scenario> wanted;
    if (diskbbq && System.getenv(DISKBBQ) == null) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "--diskbbq needs the launcher ivf, which builds it");
    }
    if (faiss) {
      FaissWheel.fetch();
    }
    try {
      settings = settings(progress);
      wanted = scenarios.stream().map(Scenario::of).toList();
    } catch (IllegalArgumentException e) {
      throw new CommandLine.ParameterException(spec.commandLine(), "--" + e.getMessage(), e);
    }
    List<DataSetResult> results = new ArrayList<>();
    for (String name : data) {
      DataSet set = new DataSets(dataFolder, settings.work().resolve("generated")).open(name);
      results.add(BenchRun.run(settings, set, wanted));
      // After each set, so that what took long is not lost with what comes after.
      write(new BenchReport(machine(), results), spec.commandLine().getOut());
    }
    boolean failed = results.stream().anyMatch(result -> !result.failures().isEmpty());
    return failed ? 1 : 0;
  }

  private BenchSettings settings(Progress progress) throws IOException {
    Roster roster = Roster.open(System.getenv(DISKBBQ), progress);
    BenchSettings.Effort effort = quick ? BenchSettings.Effort.QUICK : BenchSettings.Effort.FULL;
    return new BenchSettings(
        roster,
        contenders.isEmpty() ? roster.names() : roster.matching(contenders),
        queries,
        repetitions == null ? effort : effort.withRepetitions(repetitions),
        work.toAbsolutePath().normalize(),
        progress);
  }

  private static Machine machine() {
    return Machine.current(
        Kernels.get().getClass().getSimpleName(),
        List.of("Lucene " + Version.LATEST),
        Clock.systemUTC());
  }

  private void write(BenchReport report, PrintWriter table) throws IOException {
    Path folder = out == null ? work : out;
    ReportFiles files = ReportFiles.write(report, folder);
    BenchReport last = new BenchReport(report.machine(), List.of(report.dataSets().getLast()));
    table.print(ReportText.of(last));
    table.println("\nCurves: " + files.html());
    table.flush();
  }

  private static int failed(Exception e, CommandLine command) {
    command.getErr().println("ivf bench: " + e.getMessage());
    e.printStackTrace(command.getErr());
    return 1;
  }
}
