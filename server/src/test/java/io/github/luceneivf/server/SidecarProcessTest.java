// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SidecarProcessTest {

  @TempDir Path folder = Path.of("");

  private SidecarProcess.Command command() {
    return SidecarProcess.Command.of(folder.resolve("data"), folder.resolve("sidecar.log"))
        .withJava("-Xmx64m");
  }

  @Test
  void listensUntilItIsClosedAndStartsAgainOnItsPort() throws IOException {
    int port;
    long pid;
    try (SidecarProcess sidecar = SidecarProcess.launch(command())) {
      port = sidecar.awaitPort();
      pid = sidecar.pid();
      assertEquals(port, sidecar.awaitPort());
      new Socket(InetAddress.getLoopbackAddress(), port).close();
      assertTrue(ProcessHandle.of(pid).orElseThrow().isAlive());
      sidecar.close();
      assertFalse(ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false));
    }
    try (SidecarProcess again = SidecarProcess.launch(command().withPort(port))) {
      assertEquals(port, again.awaitPort());
    }
  }

  @Test
  void failureToStartNamesTheLog() throws IOException {
    SidecarProcess.Command wrong = command().withJava("-Xmx64m", "-XX:NoSuchOption");
    try (SidecarProcess sidecar = SidecarProcess.launch(wrong)) {
      IOException failure = assertThrows(IOException.class, sidecar::awaitPort);
      assertEquals(
          "the sidecar did not start (it ended); see " + folder.resolve("sidecar.log"),
          failure.getMessage());
    }
  }
}
