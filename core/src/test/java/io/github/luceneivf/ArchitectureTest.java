// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.github.luceneivf");

  @Test
  void theRulesSeeClasses() {
    assertTrue(CLASSES.size() > 20, "imported " + CLASSES.size());
  }

  @Test
  void dependenciesPointDownwards() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("thread")
        .definedBy("..luceneivf.thread..")
        .layer("kernel")
        .definedBy("..luceneivf.kernel..")
        .layer("clustering")
        .definedBy("..luceneivf.clustering..")
        .layer("quantization")
        .definedBy("..luceneivf.quantization..")
        .layer("calibration")
        .definedBy("..luceneivf.calibration..")
        .layer("codebook")
        .definedBy("..luceneivf.codebook..")
        .whereLayer("codebook")
        .mayNotBeAccessedByAnyLayer()
        .whereLayer("calibration")
        .mayOnlyBeAccessedByLayers("codebook")
        .whereLayer("thread")
        .mayNotAccessAnyLayer()
        .whereLayer("kernel")
        .mayNotAccessAnyLayer()
        .whereLayer("clustering")
        .mayOnlyAccessLayers("kernel")
        .check(CLASSES);
  }

  @Test
  void coreKnowsNeitherLuceneNorTheWire() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.lucene..", "io.grpc..", "com.google.protobuf..")
        .check(CLASSES);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("io.github.luceneivf.(*)..").should().beFreeOfCycles().check(CLASSES);
  }
}
