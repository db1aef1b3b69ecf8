package io.github.luceneivf.benchmarks.run;

import io.github.luceneivf.benchmarks.contender.Contender;
import io.github.luceneivf.benchmarks.contender.Contenders;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;

/** Who can compete, and with which class path. Immutable. */
final class Roster {

  private final Map<String, String> classPaths;

  private Roster(Map<String, String> classPaths) {
    this.classPaths = classPaths;
  }

  /** Returns the contenders of this process's class path. */
  static Roster ofThisProcess() {
    Map<String, String> classPaths = new LinkedHashMap<>();
    for (Contender contender : Contenders.all()) {
      classPaths.put(contender.name(), System.getProperty("java.class.path"));
    }
    return new Roster(classPaths);
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
  List<String> java(String contender, String heap) {
    return List.of(
        heap,
        "--add-modules=jdk.incubator.vector",
        "--enable-native-access=ALL-UNNAMED",
        "-cp",
        classPaths.get(contender));
  }
}
