// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.luceneivf.server.cli.BuildVersion;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class DemoTest {

  @Test
  void versionIsThatOfTheBuild() throws Exception {
    StringWriter out = new StringWriter();
    CommandLine line = new CommandLine(Demo.class).setOut(new PrintWriter(out, true));
    assertEquals(0, line.execute("--version"));
    assertEquals(new BuildVersion().getVersion()[0], out.toString().strip());
  }
}
