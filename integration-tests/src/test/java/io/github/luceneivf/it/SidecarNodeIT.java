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
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A client in another language, made from nothing but the .proto files. */
class SidecarNodeIT {

  private static final List<String> FILES =
      List.of("package.json", "package-lock.json", "client.js");

  @Test
  void nodeTrainsACodebookAndSharesIt(@TempDir Path data) throws Exception {
    assumeTrue(
        ForeignClient.works("node", "--version"),
        "node is not installed; the Node client is not tested");
    assumeTrue(
        ForeignClient.works("npm", "--version"),
        "npm is not installed; the Node client is not tested");
    ForeignClient client = ForeignClient.of("node", "node-client", FILES);
    client.run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund");
    try (SidecarServer server = SidecarServer.start(ServerConfig.local(data))) {
      String output =
          client.run(
              "node", "client.js", "127.0.0.1:" + server.port(), ForeignClient.protoFolder());
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
}
