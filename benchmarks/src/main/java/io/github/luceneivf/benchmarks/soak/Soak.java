// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.soak;

import io.github.luceneivf.benchmarks.data.DataSet;
import io.github.luceneivf.benchmarks.data.DataSets;
import io.github.luceneivf.server.cli.BuildVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ./ivf soak}: the command line of the soak. Ends with 1 if anything was wrong. */
@Command(
    name = "ivf soak",
    mixinStandardHelpOptions = true,
    versionProvider = BuildVersion.class,
    sortOptions = false,
    usageHelpWidth = 100,
    description = {
      "Writes, deletes, updates, merges and searches for a long time while the training sidecar is"
          + " killed at random and started again; checks that no document is lost, that searches"
          + " find what they should, and that memory, files and threads stay level.",
      ""
    })
public final class Soak implements Callable<Integer> {

  private static final String REAL = "wordnet-minilm";
  private static final int SAMPLES = 60;
  private static final Duration LEAST_SAMPLING = Duration.ofSeconds(2);

  @Option(names = "--minutes", defaultValue = "30", description = "how long (default: 30)")
  private double minutes;

  @Option(
      names = "--kill-every",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description = "the sidecar is killed once in this time (default: 60)")
  private int killEvery;

  @Option(
      names = "--documents",
      paramLabel = "N",
      defaultValue = "40000",
      description = "documents the index grows to before it is emptied (default: 40000)")
  private int documents;

  @Option(
      names = "--data",
      paramLabel = "NAME",
      description = "data set, as of ivf bench (default: wordnet-minilm, or clustered-60kx96)")
  private @Nullable String data;

  @Option(
      names = "--data-folder",
      paramLabel = "DIR",
      defaultValue = "${sys:ivf.home:-.}/../shared/data",
      description = "folder of the data sets (default: ../shared/data beside the project)")
  private Path dataFolder = Path.of(".");

  @Option(
      names = "--work",
      paramLabel = "DIR",
      description = "folder of the index and the sidecar; must be empty (default: a temporary one)")
  private @Nullable Path work;

  @Option(names = "--seed", description = "seed of all that is random (default: a new one)")
  private long seed = System.nanoTime();

  @Spec private CommandSpec spec = CommandSpec.create();

  /** Runs the command and ends the process. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Soak()).execute(args));
  }

  @Override
  public Integer call() throws IOException {
    Path folder = work == null ? Files.createTempDirectory("ivf-soak") : work;
    SoakSettings settings;
    try {
      Duration duration = Duration.ofMillis((long) (minutes * 60_000));
      Duration sampling = duration.dividedBy(SAMPLES);
      settings =
          new SoakSettings(
              duration,
              Duration.ofSeconds(killEvery),
              sampling.compareTo(LEAST_SAMPLING) < 0 ? LEAST_SAMPLING : sampling,
              documents,
              seed,
              folder);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
    DataSet set = new DataSets(dataFolder, folder.resolve("generated")).open(dataSet());
    SoakRun run =
        new SoakRun(settings, set.base(), set.metric(), set.queries(), spec.commandLine().getOut());
    List<String> wrong = run.run();
    spec.commandLine().getOut().println(wrong.isEmpty() ? "all well" : wrong.size() + " wrong");
    return wrong.isEmpty() ? 0 : 1;
  }

  private String dataSet() {
    if (data != null) {
      return data;
    }
    return Files.isDirectory(dataFolder.resolve(REAL)) ? REAL : "clustered-60kx96";
  }
}
