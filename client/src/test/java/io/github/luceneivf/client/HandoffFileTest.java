// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.clustering.FloatMatrix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HandoffFileTest {

  @TempDir Path directory;

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.toList();
    }
  }

  @Test
  void fileHasTheVectorsAndIsDeleted() throws IOException {
    FloatMatrix sample = TestVectors.sample();
    try (HandoffFile file = HandoffFile.write(directory, sample.asSource(), 1000, () -> {})) {
      Path written = directory.resolve(file.name());
      assertEquals(List.of(written), files());
      assertEquals(4L * sample.rows() * sample.dim(), Files.size(written));
      assertTrue(file.name().matches("[a-z0-9_-]{1,64}"), file.name());
    }
    assertEquals(List.of(), files());
  }

  @Test
  void abortLeavesNothing() throws IOException {
    IOException stop = new IOException("merge aborted");
    IOException thrown =
        assertThrows(
            IOException.class,
            () ->
                HandoffFile.write(
                    directory,
                    TestVectors.sample().asSource(),
                    1000,
                    () -> {
                      throw stop;
                    }));
    assertSame(stop, thrown);
    assertEquals(List.of(), files());
  }

  @Test
  void directoryThatCannotBeWrittenToIsNoLocalTrouble() {
    SidecarException refused =
        assertThrows(
            SidecarException.class,
            () ->
                HandoffFile.write(
                    directory.resolve("missing"), TestVectors.sample().asSource(), 1000, () -> {}));
    assertEquals(SidecarException.Reason.REFUSED, refused.reason());
    assertFalse(refused.isBusy());
  }
}
