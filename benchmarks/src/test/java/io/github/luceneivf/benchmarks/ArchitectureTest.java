// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Data and reports know nobody, contenders know data; runs and profiles put them together. */
class ArchitectureTest {

  private static final String ROOT = "io.github.luceneivf.benchmarks.";

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.github.luceneivf.benchmarks");

  private static void knowsNothingOf(String from, String... to) {
    String[] packages = new String[to.length];
    for (int i = 0; i < to.length; i++) {
      packages[i] = ROOT + to[i];
    }
    noClasses()
        .that()
        .resideInAPackage(ROOT + from)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(packages)
        .check(CLASSES);
  }

  @Test
  void packagesPointDownwardsOnly() {
    assertTrue(CLASSES.size() > 60, "classes imported: " + CLASSES.size());
    knowsNothingOf("data", "report", "contender", "run", "jmh", "profile");
    knowsNothingOf("report", "data", "contender", "run", "jmh", "profile");
    knowsNothingOf("contender", "filter", "run", "jmh", "profile");
    knowsNothingOf("filter", "report", "run", "jmh", "profile");
    knowsNothingOf("run", "jmh", "profile");
    knowsNothingOf("jmh", "data", "contender", "run", "profile");
    knowsNothingOf("recall", "contender", "run", "jmh", "profile", "soak");
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching(ROOT + "(*)..").should().beFreeOfCycles().check(CLASSES);
  }
}
