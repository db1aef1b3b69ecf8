// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.run;

import io.github.luceneivf.benchmarks.contender.Contender;
import io.github.luceneivf.benchmarks.contender.Contenders;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import org.jspecify.annotations.Nullable;

/** Who can compete, and with which class path. Immutable. */
final class Roster {

  private final Map<String, String> classPaths;

  private Roster(Map<String, String> classPaths) {
    this.classPaths = classPaths;
  }

  /**
   * Returns the contenders of this process's class path, and those that another one adds.
   *
   * @param progress told who cannot compete here
   * @param more class path of contenders that are no part of this project; null for none
   */
  static Roster open(@Nullable String more, Progress progress) throws IOException {
    Map<String, String> classPaths = new LinkedHashMap<>();
    for (Contender contender : Contenders.all()) {
      contender
          .obstacle()
          .ifPresentOrElse(
              obstacle -> progress.say("%s is left out: %s", contender.name(), obstacle),
              () -> classPaths.put(contender.name(), System.getProperty("java.class.path")));
    }
    if (more != null) {
      for (String name : namesIn(more)) {
        classPaths.putIfAbsent(name, more);
      }
    }
    return new Roster(classPaths);
  }

  /** Asks a process of that class path: its classes are not loaded here. */
  private static List<String> namesIn(String classPath) throws IOException {
    List<String> command = new ArrayList<>(List.of(WorkerProcess.java()));
    command.addAll(options(List.of("-Xmx256m"), classPath));
    command.addAll(List.of(Worker.class.getName(), Worker.NAMES));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    try (BufferedReader lines = process.inputReader()) {
      return lines.lines().toList();
    }
  }

  /** Returns all names, in the order of tables. */
  List<String> names() {
    return List.copyOf(classPaths.keySet());
  }

  /**
   * Returns the names that a user's words mean: a name, or the beginning of some.
   *
   * @throws IllegalArgumentException if a word means none
   */
  List<String> matching(List<String> words) {
    SequencedSet<String> names = new LinkedHashSet<>();
    for (String word : words) {
      List<String> meant = names().stream().filter(name -> name.startsWith(word)).toList();
      if (meant.isEmpty()) {
        throw new IllegalArgumentException("contenders must be of " + names() + ", got: " + word);
      }
      names.addAll(meant);
    }
    return List.copyOf(names);
  }

  /** Returns the options of a contender's JVM. */
  List<String> java(String contender, List<String> heap) {
    String classPath = classPaths.get(contender);
    if (classPath == null) {
      throw new IllegalArgumentException(
          "contender must be one of " + names() + ", got: " + contender);
    }
    return options(heap, classPath);
  }

  private static List<String> options(List<String> heap, String classPath) {
    List<String> options = new ArrayList<>(heap);
    options.addAll(
        List.of(
            "--add-modules=jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            classPath));
    return options;
  }
}
