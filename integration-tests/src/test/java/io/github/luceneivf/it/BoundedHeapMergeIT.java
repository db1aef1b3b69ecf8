// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.lucene.index.VectorEncoding;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A merge needs its declared budget, not the size of the segment. */
class BoundedHeapMergeIT {

  @ParameterizedTest
  @EnumSource(VectorEncoding.class)
  void mergeOfASegmentLargerThanTheHeapCompletes(VectorEncoding encoding, @TempDir Path directory)
      throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx96m");
    command.add("--add-modules");
    command.add("jdk.incubator.vector");
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-cp");
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.add(MergeInSmallHeap.class.getName());
    command.add(directory.toString());
    command.add(encoding.name());
    File log = directory.resolve("merge.log").toFile();
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log).start();
    assertTrue(process.waitFor(10, TimeUnit.MINUTES), "still running");
    String output = Files.readString(log.toPath());
    assertEquals(0, process.exitValue(), output);
    System.out.println(output.strip());
  }
}
