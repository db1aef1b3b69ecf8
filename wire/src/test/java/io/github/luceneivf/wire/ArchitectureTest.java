// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.wire;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

  private static final String ROOT = "io.github.luceneivf";
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(ROOT + ".wire", ROOT + ".proto");

  @Test
  void knowsCoreAndMessagesOnly() {
    classes()
        .that()
        .resideInAPackage(ROOT + ".wire..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            ROOT + ".wire..",
            ROOT + ".proto.v1..",
            ROOT + ".calibration..",
            ROOT + ".clustering..",
            ROOT + ".codebook..",
            ROOT + ".quantization..",
            "com.google.protobuf..",
            "org.jspecify..",
            "java..")
        .check(CLASSES);
  }

  @Test
  void contractIsGeneratedCodeOnly() {
    classes()
        .that()
        .resideInAPackage(ROOT + ".proto..")
        .should()
        .resideInAPackage(ROOT + ".proto.v1")
        .check(CLASSES);
    noClasses()
        .that()
        .resideInAPackage(ROOT + ".proto.v1")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(ROOT + ".wire..", ROOT + ".codebook..", ROOT + ".clustering..")
        .check(CLASSES);
  }
}
