// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.profile;

import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Samples counted.
 *
 * @param total samples
 * @param stages samples by stage
 * @param self samples by the innermost frame that is not of the JDK
 * @param folded samples by stack, outermost frame first, as flame graphs want them
 */
record Profile(
    int total, Map<Stage, Integer> stages, Map<String, Integer> self, Map<String, Integer> folded) {

  static Profile of(List<List<Frame>> stacks) {
    Map<Stage, Integer> stages = new EnumMap<>(Stage.class);
    Map<String, Integer> self = new HashMap<>();
    Map<String, Integer> folded = new TreeMap<>();
    for (List<Frame> stack : stacks) {
      stages.merge(Stage.of(stack), 1, Integer::sum);
      self.merge(innermost(stack), 1, Integer::sum);
      StringBuilder line = new StringBuilder();
      for (Frame frame : stack.reversed()) {
        line.append(line.isEmpty() ? "" : ";").append(frame);
      }
      folded.merge(line.toString(), 1, Integer::sum);
    }
    return new Profile(stacks.size(), stages, self, folded);
  }

  private static String innermost(List<Frame> stack) {
    return stack.stream()
        .filter(frame -> !frame.isJdk())
        .findFirst()
        .map(Frame::toString)
        .orElse("JDK");
  }

  /** Returns the share of a stage, in [0, 1]. */
  double share(Stage stage) {
    return total == 0 ? 0 : stages.getOrDefault(stage, 0) / (double) total;
  }

  /**
   * Returns tables in Markdown: the stages, then the methods with the most samples.
   *
   * @param microsPerQuery CPU time of a query
   * @param methods rows of the second table
   */
  String markdown(double microsPerQuery, int methods) {
    StringBuilder text = new StringBuilder("| stage | share | µs a query |\n|---|--:|--:|\n");
    for (Stage stage : Stage.values()) {
      row(text, stage.title(), share(stage), microsPerQuery);
    }
    text.append(
        "\n| method, with what it calls in the JDK | share | µs a query |\n|---|--:|--:|\n");
    Function<Map.Entry<String, Integer>, Integer> samples = Map.Entry::getValue;
    self.entrySet().stream()
        .sorted(Comparator.comparing(samples).reversed().thenComparing(Map.Entry::getKey))
        .limit(methods)
        .forEach(e -> row(text, e.getKey(), e.getValue() / (double) total, microsPerQuery));
    return text.toString();
  }

  private static void row(StringBuilder text, String name, double share, double micros) {
    text.append(
        String.format(Locale.ROOT, "| %s | %.1f %% | %.2f |\n", name, 100 * share, share * micros));
  }

  /** Returns the stacks as {@code a;b;c 17}, a line each. */
  String foldedLines() {
    StringBuilder lines = new StringBuilder();
    folded.forEach((stack, count) -> lines.append(stack).append(' ').append(count).append('\n'));
    return lines.toString();
  }
}
