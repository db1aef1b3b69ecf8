// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Arrows point one way: telemetry, probe and file at the bottom, the format on top; writing asks
 * whether a codebook fits, which asks the files.
 */
class ArchitectureTest {

  private static final String ROOT = "io.github.luceneivf.";

  private static final int MOST_PARAMETERS = 5;

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .withImportOption(location -> location.contains("lucene-codec"))
          .importPackages("io.github.luceneivf");

  @Test
  void packagesPointDownwardsOnly() {
    assertTrue(CLASSES.size() > 30, "classes imported: " + CLASSES.size());
    List<ArchRule> rules =
        List.of(
            noneOf("codec.telemetry", "codec..", "probe", "search", "hybrid"),
            noneOf("codec.file", "codec", "codec.write", "codec.fit", "codec.read"),
            noneOf("codec.file", "codec.config", "codec.telemetry", "search", "hybrid"),
            noneOf("codec.config", "codec", "codec.write", "codec.fit", "codec.read"),
            noneOf("codec.config", "codec.file", "search", "hybrid"),
            noneOf("codec.fit", "codec", "codec.write", "codec.read", "probe", "search", "hybrid"),
            noneOf("codec.write", "codec", "codec.read", "probe", "search", "hybrid"),
            noneOf("codec.read", "codec", "codec.write", "codec.fit", "codec.config", "search"),
            noneOf("codec.read", "codec.telemetry", "hybrid"),
            noneOf("probe", "codec..", "search"),
            noneOf("search", "codec", "codec.write", "codec.fit", "codec.read", "codec.file"),
            noneOf("search", "codec.config", "codec.telemetry", "kernel"),
            noneOf("hybrid", "codec.."));
    rules.forEach(rule -> rule.check(CLASSES));
  }

  private static ArchRule noneOf(String from, String... to) {
    String[] packages = new String[to.length];
    for (int i = 0; i < to.length; i++) {
      packages[i] = ROOT + to[i];
    }
    return noClasses()
        .that()
        .resideInAPackage(ROOT + from)
        .should()
        .dependOnClassesThat(resideInAnyPackage(packages).and(not(resideInAPackage(ROOT + from))));
  }

  /** What many steps of a search need is the state of one object. */
  @Test
  void nothingOfASearchIsHandedThroughInLongLists() {
    List<String> many =
        CLASSES.stream()
            .filter(type -> type.getPackageName().equals(ROOT + "codec.read"))
            .flatMap(type -> type.getCodeUnits().stream())
            .filter(unit -> !unit.getModifiers().contains(JavaModifier.SYNTHETIC))
            .filter(unit -> unit.getRawParameterTypes().size() > MOST_PARAMETERS)
            .map(JavaCodeUnit::getFullName)
            .toList();
    assertEquals(List.of(), many);
  }

  @Test
  void noGrpcOnTheClassPathOfSearch() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.grpc..", "com.google.protobuf..")
        .check(CLASSES);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("io.github.luceneivf.(**)").should().beFreeOfCycles().check(CLASSES);
  }
}
