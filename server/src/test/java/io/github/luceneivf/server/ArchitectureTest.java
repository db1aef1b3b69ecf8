// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

  private static final String ROOT = "io.github.luceneivf.server";

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(ROOT);

  @Test
  void packagesHaveNoCycles() {
    slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void servicesDoNotKnowEachOther() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + ".training..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(ROOT + ".merge..")
        .check(CLASSES);
    noClasses()
        .that()
        .resideInAPackage(ROOT + ".merge..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(ROOT + ".training..")
        .check(CLASSES);
  }

  @Test
  void onlyTheMapperMakesStatuses() {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName(ROOT + ".rpc.StatusMapper")
        .and()
        .haveNameNotMatching(".*(SharedCall|PlainCall).*") // pass on what the mapper made
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("io.grpc.Status")
        .check(CLASSES);
  }

  @Test
  void configurationKnowsNoWire() {
    noClasses()
        .that()
        .resideInAnyPackage(ROOT + ".config..", ROOT + ".storage..", ROOT + ".cli..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.grpc..", "com.google.protobuf..", "io.github.luceneivf.proto..")
        .check(CLASSES);
  }

  @Test
  void clientIsNotKnown() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.github.luceneivf.client..", "io.github.luceneivf.codec..")
        .check(CLASSES);
  }
}
