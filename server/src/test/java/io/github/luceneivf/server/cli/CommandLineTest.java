// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.server.config.ServerConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CommandLineTest {

  @TempDir Path data;

  private String refused(String... options) {
    StringWriter err = new StringWriter();
    CommandLine commands = IvfServer.commandLine().setErr(new PrintWriter(err));
    String[] arguments = new String[options.length + 3];
    arguments[0] = "serve";
    arguments[1] = "--data";
    arguments[2] = data.toString();
    System.arraycopy(options, 0, arguments, 3, options.length);
    assertEquals(2, commands.execute(arguments), err::toString);
    return err.toString();
  }

  @Test
  void wrongOptionsAreRefusedByName() {
    assertTrue(refused("--host", "0.0.0.0").contains("--allow-remote-plaintext"));
    assertTrue(refused("--max-dims", "0").contains("max-dims must be at least 1, got: 0"));
    assertTrue(refused("--port", "99999").contains("port must be in [0, 65535], got: 99999"));
    assertTrue(
        refused("--codebook-versions", "0")
            .contains("codebook-versions must be at least 1, got: 0"));
    assertTrue(refused("--lease", "0s").contains("lease must be positive, got: PT0S"));
    assertTrue(
        refused("--keep-results", "1 day")
            .contains("interval must be a number with s, m or h, got: 1 day"));
    assertTrue(refused("--memory", "much").contains("size must be a number with k, m or g"));
  }

  @Test
  void defaultPortIsOneNumberEverywhere() {
    StringWriter out = new StringWriter();
    IvfServer.commandLine().setOut(new PrintWriter(out)).execute("serve", "--help");
    String help = out.toString();
    assertTrue(help.contains("(" + ServerConfig.DEFAULT_PORT + ")"), help);
    // OpenSearch's transports: 9200 to 9300, 9300 to 9400, gRPC from 9400 to 9500.
    assertTrue(ServerConfig.DEFAULT_PORT < 9200 || ServerConfig.DEFAULT_PORT > 9600);
  }

  @Test
  void whatIsWrongWithAFileIsSaid() throws IOException {
    Path file = Files.writeString(data.resolve("taken"), "x");
    StringWriter err = new StringWriter();
    CommandLine commands = IvfServer.commandLine().setErr(new PrintWriter(err));
    assertEquals(1, commands.execute("serve", "--data", file.toString()));
    assertEquals(
        "error: must be a directory, no link and no file: " + file + System.lineSeparator(),
        err.toString());
    Path none = data.resolve("none");
    err.getBuffer().setLength(0);
    assertEquals(
        1,
        commands.execute(
            "serve", "--data", data.resolve("d").toString(), "--handoff", none.toString()));
    assertEquals(
        "error: no such file or directory: " + none + System.lineSeparator(), err.toString());
  }

  @Test
  void sizesAreRead() {
    assertEquals(64L << 20, ByteSize.parse("64m").bytes());
    assertEquals(2L << 30, ByteSize.parse("2GB").bytes());
    assertEquals(1000, ByteSize.parse("1000").bytes());
    for (String wrong : new String[] {"", "-1", "1t", "999999999999999g"}) {
      assertThrows(CommandLine.TypeConversionException.class, () -> ByteSize.parse(wrong), wrong);
    }
  }
}
