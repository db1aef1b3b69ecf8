// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A client in another language: its files in a folder of the build, its programs. */
final class ForeignClient {

  private static final long MINUTES = 5;

  private final Path work;

  private ForeignClient(Path work) {
    this.work = work;
  }

  /** Copies files of a language into a folder of their own. */
  static ForeignClient of(String language, String name, List<String> files) throws IOException {
    Path sources =
        Path.of(System.getProperty("ivf.project.dir", ".")).resolve("src/test").resolve(language);
    Path work =
        Path.of(System.getProperty("ivf.build.dir", "target")).resolve(name).toAbsolutePath();
    Files.createDirectories(work);
    for (String file : files) {
      Files.copy(sources.resolve(file), work.resolve(file), StandardCopyOption.REPLACE_EXISTING);
    }
    return new ForeignClient(work);
  }

  /** Returns the folder of the .proto files. */
  static String protoFolder() {
    String folder = System.getProperty("ivf.proto.dir", "../proto/src/main/protobuf");
    return Path.of(folder).toAbsolutePath().normalize().toString();
  }

  Path folder() {
    return work;
  }

  /** Returns whether a program ends well with these arguments. */
  static boolean works(String... command) throws InterruptedException {
    try {
      return new ProcessBuilder(command)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** Runs a program to its good end and returns what it wrote. */
  String run(String... command) throws Exception {
    Path log = Files.createTempFile("ivf-client", ".log");
    try {
      Process process =
          new ProcessBuilder(command)
              .directory(work.toFile())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      try {
        assertTrue(process.waitFor(MINUTES, TimeUnit.MINUTES), command[0] + " takes too long");
      } finally {
        process.destroyForcibly();
      }
      String output = Files.readString(log, StandardCharsets.UTF_8);
      assertEquals(0, process.exitValue(), String.join(" ", command) + ": " + output);
      return output;
    } finally {
      Files.delete(log);
    }
  }
}
