// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.demo;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The demo is the first user: what it needs, every user may need. */
class ArchitectureTest {

  private static final String ROOT = "io.github.luceneivf.";

  @Test
  void whatIsInternalIsNotUsed() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            ROOT + "kernel..",
            ROOT + "codec.file..",
            ROOT + "codec.read..",
            ROOT + "codec.write..",
            ROOT + "proto..",
            "io.grpc..",
            "com.google.protobuf..")
        .check(
            new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages(ROOT + "demo"));
  }
}
