// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.profile;

import io.github.luceneivf.benchmarks.contender.Contender;
import io.github.luceneivf.benchmarks.contender.Contenders;
import io.github.luceneivf.benchmarks.contender.Layout;
import io.github.luceneivf.benchmarks.contender.OpenIndex;
import io.github.luceneivf.benchmarks.contender.PreparedVectors;
import io.github.luceneivf.benchmarks.contender.Setting;
import io.github.luceneivf.benchmarks.data.DataSet;
import io.github.luceneivf.benchmarks.data.DataSets;
import io.github.luceneivf.benchmarks.run.VectorStore;
import io.github.luceneivf.server.cli.BuildVersion;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import jdk.jfr.Recording;
import org.apache.lucene.util.IOUtils;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ./ivf profile}: tells where the time of a query goes. */
@Command(
    name = "ivf profile",
    mixinStandardHelpOptions = true,
    versionProvider = BuildVersion.class,
    sortOptions = false,
    description = {
      "Searches under the JDK's flight recorder with the fastest setting that reaches a recall,"
          + " and tells the share of each stage of the query.",
      ""
    })
public final class QueryProfile implements Callable<Integer> {

  private static final int TUNING_QUERIES = 300;
  private static final int METHODS = 20;
  private static final Duration WARM_UP = Duration.ofSeconds(3);

  @Option(
      names = "--data",
      paramLabel = "NAME",
      defaultValue = "fashion-mnist",
      description = "data set (default: ${DEFAULT-VALUE})")
  private String data = "";

  @Option(
      names = "--data-folder",
      paramLabel = "DIR",
      defaultValue = "${sys:ivf.home:-.}/../shared/data",
      description = "folder of the data sets (default: ../shared/data beside the project)")
  private Path dataFolder = Path.of(".");

  @Option(
      names = "--contender",
      paramLabel = "NAME",
      defaultValue = "ivf-bit1",
      description = "as in ivf bench (default: ${DEFAULT-VALUE})")
  private String name = "";

  @Option(
      names = "--recall",
      paramLabel = "R",
      defaultValue = "0.95",
      description = "recall@10 to reach (default: ${DEFAULT-VALUE})")
  private double recall = 1;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      defaultValue = "10",
      description = "of recording (default: ${DEFAULT-VALUE})")
  private int seconds = 1;

  @Option(
      names = "--work",
      paramLabel = "DIR",
      defaultValue = "${sys:ivf.home:-.}/.ivf/bench",
      description = "folder for vectors, the index and the results (default: .ivf/bench)")
  private Path work = Path.of(".");

  @Spec private CommandSpec spec = CommandSpec.create();

  private QueryProfile() {}

  /** Makes the profile and exits: 0 if all went well. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new QueryProfile()).execute(args));
  }

  @Override
  public Integer call() throws IOException {
    DataSet set = new DataSets(dataFolder, work.resolve("generated")).open(data);
    Contender contender = Contenders.named(name);
    Path folder = work.resolve("profile").resolve(set.name() + "-" + name);
    Path files = folder.resolve("index");
    IOUtils.rm(folder);
    Files.createDirectories(files);
    PreparedVectors vectors = PreparedVectors.open(VectorStore.prepare(set, work));
    String index = contender.indexes().getFirst();
    contender.build(index, vectors, Layout.FLUSHED, files);
    try (OpenIndex open = contender.open(index, files)) {
      int tuning = Math.min(TUNING_QUERIES, set.queries().rows());
      FastestSetting.Found found =
          new FastestSetting(set, open, tuning)
              .reaching(recall, contender)
              .orElseThrow(
                  () -> new IOException(name + " must reach recall " + recall + ", got: less"));
      FastestSetting all = new FastestSetting(set, open, set.queries().rows());
      spin(all, found.setting(), WARM_UP);
      Path recording = folder.resolve("profile.jfr");
      double micros = record(all, found.setting(), recording);
      Samples samples = Samples.read(recording, Thread.currentThread().getName());
      report(folder, samples, all.measured(found.setting()), micros);
    } finally {
      IOUtils.rm(files);
    }
    return 0;
  }

  /** Searches for a while; returns the CPU time of a query in microseconds, over all of it. */
  private static double spin(FastestSetting search, Setting setting, Duration time)
      throws IOException {
    long end = System.nanoTime() + time.toNanos();
    double sum = 0;
    int passes = 0;
    do {
      sum += search.pass(setting);
      passes++;
    } while (System.nanoTime() < end);
    return sum / passes;
  }

  private double record(FastestSetting search, Setting setting, Path file) throws IOException {
    try (Recording recording = new Recording()) {
      recording.enable(Samples.CPU_TIME).with("throttle", "1ms");
      recording.enable(Samples.EXECUTION).with("period", "1ms");
      recording.start();
      double micros = spin(search, setting, Duration.ofSeconds(seconds));
      recording.stop();
      recording.dump(file);
      return micros;
    }
  }

  private void report(Path folder, Samples samples, FastestSetting.Found found, double micros)
      throws IOException {
    Profile profile = Profile.of(samples.stacks());
    String head =
        String.format(
            Locale.ROOT,
            "%s, %s, %s: recall@10 %.4f, %.1f µs of CPU a query while recording, %.1f without;"
                + " %d samples by %s%n%n",
            data,
            name,
            found.setting().label(),
            found.recall(),
            micros,
            found.micros(),
            profile.total(),
            samples.event());
    String text = head + profile.markdown(micros, METHODS);
    Files.writeString(folder.resolve("profile.md"), text);
    Files.writeString(folder.resolve("profile.folded"), profile.foldedLines());
    PrintWriter out = spec.commandLine().getOut();
    out.println(text);
    out.println("Stacks for a flame graph: " + folder.resolve("profile.folded"));
    out.flush();
  }
}
