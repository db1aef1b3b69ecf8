// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.luceneivf.client.RemoteCodebookRegistry;
import io.github.luceneivf.client.RemoteConfig;
import io.github.luceneivf.client.SidecarConnection;
import io.github.luceneivf.codebook.TrainedCodebook;
import io.github.luceneivf.server.SidecarServer;
import io.github.luceneivf.server.config.ServerConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A client in another language, made from nothing but the .proto files. */
class SidecarNodeIT {

  private static final long MINUTES = 5;
  private static final List<String> FILES =
      List.of("package.json", "package-lock.json", "client.js");

  @Test
  void nodeTrainsACodebookAndSharesIt(@TempDir Path data) throws Exception {
    assumeTrue(isInstalled("node"), "node is not installed; the Node client is not tested");
    assumeTrue(isInstalled("npm"), "npm is not installed; the Node client is not tested");
    Path project = Path.of(System.getProperty("ivf.project.dir", "."));
    Path work = Path.of(System.getProperty("ivf.build.dir", "target"), "node-client");
    Files.createDirectories(work);
    for (String file : FILES) {
      Files.copy(
          project.resolve("src/test/node").resolve(file),
          work.resolve(file),
          StandardCopyOption.REPLACE_EXISTING);
    }
    run(work, List.of("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"));
    try (SidecarServer server = SidecarServer.start(ServerConfig.local(data))) {
      String proto = System.getProperty("ivf.proto.dir", "../proto/src/main/protobuf");
      String output =
          run(
              work,
              List.of(
                  "node",
                  "client.js",
                  "127.0.0.1:" + server.port(),
                  Path.of(proto).toAbsolutePath().normalize().toString()));
      assertTakenByJava(server.port(), output);
    }
  }

  /** What Node has published is taken by the client of this project, report and all. */
  private static void assertTakenByJava(int port, String output) throws IOException {
    try (SidecarConnection connection =
        SidecarConnection.open(RemoteConfig.of("127.0.0.1", port))) {
      TrainedCodebook fetched =
          new RemoteCodebookRegistry(connection, "from-node", "a-test")
              .fetchLatest("vector", Optional.empty(), () -> {})
              .orElseThrow();
      assertTrue(output.contains("\"codebookId\":\"" + fetched.codebook().id() + "\""), output);
      assertTrue(output.contains("\"lists\":" + fetched.report().lists() + ","), output);
      assertTrue(output.contains("\"samples\":" + fetched.report().samples() + ","), output);
      assertEquals("node", fetched.report().trainedBy());
      assertEquals(100_000, fetched.report().population());
      assertTrue(fetched.calibration().queries() > 0, fetched.calibration()::toString);
    }
  }

  private static boolean isInstalled(String program) throws InterruptedException {
    try {
      return new ProcessBuilder(program, "--version")
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private static String run(Path directory, List<String> command) throws Exception {
    Path log = Files.createTempFile("ivf-node", ".log");
    try {
      Process process =
          new ProcessBuilder(command)
              .directory(directory.toFile())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      try {
        assertTrue(process.waitFor(MINUTES, TimeUnit.MINUTES), command + " takes too long");
      } finally {
        process.destroyForcibly();
      }
      String output = Files.readString(log, StandardCharsets.UTF_8);
      assertEquals(0, process.exitValue(), command + ": " + output);
      return output;
    } finally {
      Files.delete(log);
    }
  }
}
