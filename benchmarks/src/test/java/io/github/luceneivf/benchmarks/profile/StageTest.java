// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.profile;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Stages know classes by name only, and many are not public: a renamed one must be noticed. */
class StageTest {

  private static Stream<String> named() {
    return Arrays.stream(Stage.values()).flatMap(stage -> stage.types().stream());
  }

  @Test
  void everyNameIsAClass() {
    named()
        .forEach(name ->
            assertDoesNotThrow(
                () -> Class.forName(Frame.ROOT + name, false, getClass().getClassLoader())));
  }

  @Test
  void noClassIsInTwoStages() {
    List<String> names = named().sorted().toList();
    assertEquals(List.copyOf(new TreeSet<>(names)), names);
  }

  /** Otherwise its time would be booked as "other of ours" and nobody would know. */
  @Test
  void everyClassThatSearchesIsNamed() {
    TreeSet<String> searching =
        new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages(Frame.ROOT + "codec.read")
                .stream()
                .map(JavaClass::getName)
                .filter(name -> name.indexOf('$') < 0 && !name.endsWith("package-info"))
                .map(name -> name.substring(Frame.ROOT.length()))
                .collect(Collectors.toCollection(TreeSet::new));
    TreeSet<String> named =
        named()
            .filter(name -> name.startsWith("codec.read."))
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(searching, named);
  }
}
