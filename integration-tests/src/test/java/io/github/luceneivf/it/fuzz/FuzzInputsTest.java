// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Inputs to begin with, and those that a fuzzer once found to do harm, do none. */
class FuzzInputsTest {

  private static final Path FOUND = Path.of("src/test/resources/fuzz");

  @TestFactory
  Stream<DynamicContainer> seedsAreTaken() {
    return Arrays.stream(FuzzTargets.values())
        .map(target -> {
          List<byte[]> seeds = target.seeds();
          return DynamicContainer.dynamicContainer(
              target.name(),
              seeds.stream()
                  .map(seed -> DynamicTest.dynamicTest(name(seed), () -> target.run(seed))));
        });
  }

  private static String name(byte[] seed) {
    return seed.length + " bytes, the first is " + seed[0];
  }

  @TestFactory
  Stream<DynamicContainer> whatWasFoundDoesNoHarm() {
    return Arrays.stream(FuzzTargets.values())
        .map(target ->
            DynamicContainer.dynamicContainer(
                target.name(),
                found(target).stream()
                    .map(file ->
                        DynamicTest.dynamicTest(
                            file.getFileName().toString(),
                            () -> target.run(Files.readAllBytes(file))))));
  }

  private static List<Path> found(FuzzTargets target) {
    Path directory = FOUND.resolve(target.type().getSimpleName());
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
