// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every target is fuzzed for a while, in a process of its own with a small heap. All targets
 * together get {@code -Divf.fuzz.seconds}, a minute by default; what they find is kept below {@code
 * target/fuzz}, and so are inputs that reached something new, with which the next run begins. The
 * seed is the same in every run, but for {@code -Divf.fuzz.seed}: 0 takes another each time.
 */
class FuzzIT {

  private static final int SECONDS = Integer.getInteger("ivf.fuzz.seconds", 60);
  private static final int SEED = Integer.getInteger("ivf.fuzz.seed", 1);
  private static final int HEAP_MB = 256;

  /** A single input that takes longer hangs, on however busy a machine. */
  private static final int MOST_SECONDS_OF_AN_INPUT = 120;

  /** Starting, instrumenting classes, running the inputs to begin with. */
  private static final int STARTING_SECONDS = 300;

  private static final Pattern RUNS = Pattern.compile("Done (\\d+) runs in \\d+ second");

  @ParameterizedTest
  @EnumSource
  void nothingIsFound(FuzzTargets target) throws Exception {
    int seconds = Math.max(1, SECONDS / FuzzTargets.values().length);
    Path directory =
        Path.of(System.getProperty("ivf.build.dir", "target"))
            .resolve("fuzz")
            .resolve(target.type().getSimpleName())
            .toAbsolutePath();
    Files.createDirectories(directory.resolve("found"));
    Files.createDirectories(directory.resolve("tmp"));
    target.writeSeeds(directory.resolve("corpus"));
    File log = directory.resolve("fuzz.log").toFile();
    Process process =
        new ProcessBuilder(command(target, seconds))
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log)
            .start();
    try {
      assertTrue(
          process.waitFor(seconds + STARTING_SECONDS, TimeUnit.SECONDS),
          () -> "still running, see " + log);
    } finally {
      process.destroyForcibly();
    }
    String output = Files.readString(log.toPath());
    assertEquals(0, process.exitValue(), () -> "input is in " + directory + "\n" + tail(output));
    Matcher runs = RUNS.matcher(output);
    assertTrue(runs.find(), () -> "runs must be told\n" + tail(output));
    System.out.println(
        "fuzzed " + target + ": " + runs.group(1) + " runs, heap of " + HEAP_MB + " MB, clean");
  }

  private static List<String> command(FuzzTargets target, int seconds) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx" + HEAP_MB + "m");
    command.add("-ea");
    command.add("-Djava.io.tmpdir=tmp");
    command.add("-Xshare:off");
    command.add("-XX:+EnableDynamicAgentLoading");
    command.add("--add-modules");
    command.add("jdk.incubator.vector");
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-cp");
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.add("com.code_intelligence.jazzer.Jazzer");
    command.add("--target_class=" + target.type().getName());
    command.add("--instrumentation_includes=io.github.luceneivf.**");
    command.add("--custom_hook_includes=io.github.luceneivf.**");
    command.add("-max_total_time=" + seconds);
    command.add("-seed=" + SEED);
    command.add("-timeout=" + MOST_SECONDS_OF_AN_INPUT);
    // The heap is the limit; what libFuzzer's own counters take differs by machine.
    command.add("-rss_limit_mb=0");
    command.add("-artifact_prefix=found/");
    command.add("corpus");
    return command;
  }

  private static String tail(String output) {
    return output.substring(Math.max(0, output.length() - 8_000));
  }
}
