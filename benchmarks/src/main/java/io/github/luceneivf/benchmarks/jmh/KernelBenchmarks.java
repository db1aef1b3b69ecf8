// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.jmh;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.luceneivf.benchmarks.report.Machine;
import io.github.luceneivf.kernel.Kernels;
import io.github.luceneivf.server.cli.BuildVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./ivf jmh}: runs the micro benchmarks of this package and prints a table. */
@Command(
    name = "ivf jmh",
    mixinStandardHelpOptions = true,
    versionProvider = BuildVersion.class,
    sortOptions = false,
    description = {"Times the vector kernels, each against a plain read of the same memory.", ""})
public final class KernelBenchmarks implements Callable<Integer> {

  /** The compiler needs this long for the vector kernels, and longer on a machine in use. */
  private static final long WARM_UP_MILLIS = 1000;

  @Option(
      names = "--kernels",
      paramLabel = "REGEX",
      defaultValue = ".*",
      description = "names of methods, for example bitDots|read (default: all)")
  private String kernels = ".*";

  @Option(
      names = "--dims",
      paramLabel = "N",
      split = ",",
      defaultValue = "128,384,784",
      description = "dimensions (default: ${DEFAULT-VALUE})")
  private List<String> dims = new ArrayList<>();

  @Option(
      names = "--sizes",
      paramLabel = "BYTES",
      split = ",",
      defaultValue = Codes.L2 + "," + Codes.L3 + "," + Codes.DRAM,
      description = "memory that one pass reads (default: ${DEFAULT-VALUE})")
  private List<String> sizes = new ArrayList<>();

  @Option(
      names = "--iterations",
      paramLabel = "N",
      defaultValue = "5",
      description = "measured, the best counts (default: ${DEFAULT-VALUE})")
  private int iterations = 1;

  @Option(
      names = "--millis",
      paramLabel = "MS",
      defaultValue = "200",
      description = "of one iteration (default: ${DEFAULT-VALUE})")
  private int millis = 1;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "${sys:ivf.home:-.}/.ivf/bench",
      description = "folder for kernels.md and kernels.json (default: .ivf/bench)")
  private Path out = Path.of(".");

  private KernelBenchmarks() {}

  /** Runs the benchmarks and exits: 0 if all went well. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new KernelBenchmarks()).execute(args));
  }

  @Override
  public Integer call() throws IOException, RunnerException {
    List<KernelFigures.Timing> timings = new ArrayList<>();
    for (RunResult result : new Runner(options()).run()) {
      timings.add(KernelFigures.Timing.of(result));
    }
    KernelFigures figures = KernelFigures.of(machine(), timings);
    Files.createDirectories(out);
    Files.writeString(out.resolve("kernels.md"), figures.markdown());
    new ObjectMapper()
        .writerWithDefaultPrettyPrinter()
        .writeValue(out.resolve("kernels.json").toFile(), figures);
    System.out.write(("\n" + figures.markdown()).getBytes(StandardCharsets.UTF_8));
    System.out.flush();
    return 0;
  }

  private Options options() {
    String here = KernelBenchmarks.class.getPackageName().replace(".", "\\.");
    return new OptionsBuilder()
        .include("^" + here + "\\.\\w+\\.(" + kernels + ")$")
        .param("dim", dims.toArray(String[]::new))
        .param("bytes", sizes.toArray(String[]::new))
        .warmupIterations(3)
        .warmupTime(TimeValue.milliseconds(WARM_UP_MILLIS))
        .measurementIterations(iterations)
        .measurementTime(TimeValue.milliseconds(millis))
        .forks(1)
        .shouldFailOnError(true)
        .build();
  }

  private static String machine() {
    Machine machine = Machine.current(Kernels.get().name(), List.of("JMH 1.37"), Clock.systemUTC());
    return String.join(
        ", ", machine.cpu(), "Java " + machine.java(), machine.kernel(), machine.time());
  }
}
