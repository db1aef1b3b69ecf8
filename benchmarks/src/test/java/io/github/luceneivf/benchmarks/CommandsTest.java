// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.luceneivf.benchmarks.jmh.KernelBenchmarks;
import io.github.luceneivf.benchmarks.profile.QueryProfile;
import io.github.luceneivf.benchmarks.recall.RecallCommand;
import io.github.luceneivf.benchmarks.run.Bench;
import io.github.luceneivf.benchmarks.soak.Soak;
import io.github.luceneivf.server.cli.BuildVersion;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class CommandsTest {

  @ParameterizedTest
  @ValueSource(
      classes = {
        Bench.class,
        Soak.class,
        QueryProfile.class,
        KernelBenchmarks.class,
        RecallCommand.class
      })
  void versionIsThatOfTheBuild(Class<?> command) throws Exception {
    StringWriter out = new StringWriter();
    CommandLine line = new CommandLine(command).setOut(new PrintWriter(out, true));
    assertEquals(0, line.execute("--version"));
    assertEquals(new BuildVersion().getVersion()[0], out.toString().strip());
  }
}
