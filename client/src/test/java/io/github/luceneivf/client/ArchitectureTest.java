// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.client;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.github.luceneivf.client");

  @Test
  void knowsNeitherLuceneNorServer() {
    ArchRule rule =
        noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "org.apache.lucene..", "io.github.luceneivf.server..",
                "io.github.luceneivf.codec..", "org.slf4j..");
    rule.check(CLASSES);
  }

  @Test
  void publicTypesShowNoWireTypes() {
    ArchRule rule =
        noClasses()
            .that()
            .arePublic()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.github.luceneivf.proto.v1..", "com.google.protobuf..");
    rule.check(CLASSES);
  }

  @Test
  void publicTypesAreTheOnesMeant() {
    Set<String> names =
        CLASSES.stream()
            .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
            .filter(JavaClass::isTopLevelClass)
            .map(JavaClass::getSimpleName)
            .filter(name -> !name.equals("package-info"))
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(
        new TreeSet<>(
            Set.of(
                "CodebookCounters",
                "Drift",
                "FallbackEncoder",
                "FallbackTrainer",
                "RemoteCodebookRegistry",
                "RemoteCodebookSource",
                "RemoteCodebookTrainer",
                "RemoteConfig",
                "RemoteVectorEncoder",
                "SidecarConnection",
                "SidecarCounters",
                "SidecarException")),
        names);
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
