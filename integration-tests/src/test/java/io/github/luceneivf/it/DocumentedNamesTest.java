// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What documents call by name exists: types of ours, of the wire contract, of Lucene, of the JDK,
 * and the files that links lead to.
 */
class DocumentedNamesTest {

  private static final Path ROOT = Path.of(System.getProperty("basedir", "."), "..").normalize();

  private static final Pattern CODE = Pattern.compile("`([^`]+)`");

  /** Two humps at least: {@code Codebook} may be a word. */
  private static final Pattern TYPE = Pattern.compile("\\b(?:[A-Z][a-z0-9]+){2,}\\b");

  /** Links within the project. */
  private static final Pattern LINK = Pattern.compile("\\]\\((?!https?:|#)([^)#\\s]+)");

  private static final Pattern DECLARATION =
      Pattern.compile("\\b(?:class|record|enum|interface|message|service|rpc) ([A-Z]\\w+)");

  private static final List<String> PACKAGES =
      List.of(
          "com.google.rpc.",
          "io.grpc.netty.shaded.io.grpc.netty.",
          "java.lang.",
          "org.apache.lucene.codecs.",
          "org.apache.lucene.codecs.hnsw.",
          "org.apache.lucene.codecs.lucene104.",
          "org.apache.lucene.document.",
          "org.apache.lucene.index.",
          "org.apache.lucene.search.",
          "org.apache.lucene.store.");

  /** No types, but names all the same. */
  private static final Set<String> OTHERS = Set.of("ExitOnOutOfMemoryError", "SciFact");

  private static Stream<Path> files(Path folder, String... endings) throws IOException {
    return Files.walk(folder)
        .filter(file -> Stream.of(endings).anyMatch(file.toString()::endsWith));
  }

  /** Names of all types in sources, tests included, nested ones too. */
  private static Set<String> declared() throws IOException {
    Set<String> names = new HashSet<>();
    List<Path> modules;
    try (Stream<Path> folders = Files.list(ROOT)) {
      modules = folders.map(folder -> folder.resolve("src")).filter(Files::isDirectory).toList();
    }
    for (Path sources : modules) {
      try (Stream<Path> files = files(sources, ".java", ".proto")) {
        for (Path file : files.toList()) {
          DECLARATION.matcher(Files.readString(file)).results().forEach(m -> names.add(m.group(1)));
        }
      }
    }
    return names;
  }

  private static boolean isKnownElsewhere(String name) {
    return PACKAGES.stream()
        .anyMatch(in -> {
          try {
            Class.forName(in + name, false, DocumentedNamesTest.class.getClassLoader());
            return true;
          } catch (ClassNotFoundException e) {
            return false;
          }
        });
  }

  private static List<Path> documents() throws IOException {
    try (Stream<Path> root = Files.list(ROOT);
        Stream<Path> docs = files(ROOT.resolve("docs"), ".md")) {
      return Stream.concat(root.filter(file -> file.toString().endsWith(".md")), docs).toList();
    }
  }

  @Test
  void linksInDocumentsLeadToFiles() throws IOException {
    Set<String> missing = new TreeSet<>();
    int found = 0;
    for (Path file : documents()) {
      for (Matcher link = LINK.matcher(Files.readString(file)); link.find(); ) {
        found++;
        if (!Files.exists(file.resolveSibling(link.group(1)))) {
          missing.add(ROOT.relativize(file) + ": " + link.group(1));
        }
      }
    }
    assertTrue(found > 20, "links found: " + found);
    assertEquals(Set.of(), missing);
  }

  @Test
  void namesInDocumentsExist() throws IOException {
    Set<String> declared = declared();
    Set<String> missing = new TreeSet<>();
    int found = 0;
    for (Path file : documents()) {
      for (Matcher code = CODE.matcher(Files.readString(file)); code.find(); ) {
        for (Matcher type = TYPE.matcher(code.group(1)); type.find(); ) {
          found++;
          if (!declared.contains(type.group())
              && !OTHERS.contains(type.group())
              && !isKnownElsewhere(type.group())) {
            missing.add(ROOT.relativize(file) + ": " + type.group());
          }
        }
      }
    }
    assertTrue(found > 50, "names found: " + found);
    assertEquals(Set.of(), missing);
  }
}
