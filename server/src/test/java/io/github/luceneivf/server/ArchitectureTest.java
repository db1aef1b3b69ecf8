// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Set;
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
        .resideInAnyPackage(
            "io.grpc..",
            "com.google.protobuf..",
            "io.github.luceneivf.proto..",
            "io.github.luceneivf.wire..")
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

  /** Reports, calibrations and specifications: who passes one on need not look into it. */
  private static final Set<String> MESSAGES_OF_WIRE =
      Set.of(
          "TrainingReport",
          "ClusteringReport",
          "StopReason",
          "TrainingWarning",
          "WarningKind",
          "ListSizes",
          "Calibration",
          "RecallCurve",
          "RecallPoint",
          "ReportBytes",
          "TrainingSpec");

  @Test
  void messagesAreReadAndWrittenInOnePlaceOnly() {
    noClasses()
        .should()
        .accessTargetWhere(
            DescribedPredicate.describe(
                "it belongs to a report, calibration or specification",
                access -> isOfWire(access.getTargetOwner())))
        .check(CLASSES);
  }

  /** Also of builders, parsers and the interfaces of both. */
  private static boolean isOfWire(JavaClass type) {
    String name = type.getName();
    String messages = "io.github.luceneivf.proto.v1.";
    if (!name.startsWith(messages)) {
      return false;
    }
    String message = name.substring(messages.length()).split("[$]", 2)[0];
    return MESSAGES_OF_WIRE.contains(message.replaceAll("OrBuilder$", ""));
  }
}
