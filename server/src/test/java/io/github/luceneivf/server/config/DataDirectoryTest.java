// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.server.SidecarServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {

  @TempDir Path folder;

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void createdFoldersAndTheLockAreTheirOwnersOnly() throws IOException {
    Path data = folder.resolve("above").resolve("data");
    try (DataDirectory opened = DataDirectory.open(data)) {
      assertEquals("rwx------", permissions(folder.resolve("above")));
      assertEquals("rwx------", permissions(opened.path()));
      assertEquals("rw-------", permissions(data.resolve("server.lock")));
      IOException second = assertThrows(IOException.class, () -> DataDirectory.open(data));
      assertTrue(String.valueOf(second.getMessage()).contains("in use by another server"));
    }
  }

  @Test
  void directoryMayBeALinkButNothingInIt() throws IOException {
    Path real = Files.createDirectory(folder.resolve("real"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), real);
    DataDirectory.open(link).close();
    Path foreign = folder.resolve("foreign");
    Files.delete(real.resolve("server.lock"));
    Files.createSymbolicLink(real.resolve("server.lock"), foreign);
    IOException refused = assertThrows(IOException.class, () -> DataDirectory.open(link));
    assertEquals(
        "must be a regular file, no link and no directory: " + link.resolve("server.lock"),
        refused.getMessage());
    assertFalse(Files.exists(foreign));
  }

  @Test
  void serverDoesNotStartOnLinkedFolders() throws IOException {
    Path foreign = Files.createDirectory(folder.resolve("foreign"));
    for (String name : new String[] {"jobs", "codebooks"}) {
      Path data = Files.createDirectory(folder.resolve(name + "-data"));
      Files.createSymbolicLink(data.resolve(name), foreign);
      IOException refused =
          assertThrows(IOException.class, () -> SidecarServer.start(ServerConfig.local(data)));
      assertEquals(
          "must be a directory, no link and no file: " + data.resolve(name), refused.getMessage());
    }
  }
}
