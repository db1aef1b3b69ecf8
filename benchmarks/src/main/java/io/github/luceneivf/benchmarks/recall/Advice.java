// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.recall;

import com.google.errorprone.annotations.FormatMethod;
import io.github.luceneivf.codec.IvfStatistics;
import io.github.luceneivf.codec.IvfVectorsFormat;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What to change, by the figures. Stateless.
 *
 * <p>A recall counts as too low where even the upper end of its interval is below the one wanted.
 */
final class Advice {

  /** By how much a setting must be better to be worth its price. */
  private static final double WORTH = 0.01;

  /** As a codebook is renewed by: vectors so much farther from their centroids, or so many new. */
  private static final double FARTHER = 1.1;

  private static final double ARRIVED = 0.25;

  private Advice() {}

  /**
   * Advises.
   *
   * @param settings those that the figures are of
   * @param given whether queries were given, and not drawn from documents
   */
  static List<String> of(
      double wanted,
      List<RecallFigure> figures,
      List<Setting> settings,
      Optional<IvfStatistics> ours,
      boolean given) {
    List<String> advice = new ArrayList<>();
    List<RecallFigure> defaults =
        figures.stream().filter(f -> f.setting().equals(Setting.DEFAULT.name())).toList();
    List<RecallFigure> low = defaults.stream().filter(f -> f.high() < wanted).toList();
    for (RecallFigure figure : low) {
      advice.add(
          say(
              "recall@%d of the default is %.3f, in [%.3f, %.3f], below %s.",
              figure.k(), figure.mean(), figure.low(), figure.high(), wanted));
      if (ours.isPresent()) {
        forLow(wanted, figure, figures, settings, advice);
      }
    }
    if (!low.isEmpty() && ours.isPresent()) {
      if (given) {
        advice.add(
            "Give some hundreds of such queries to IvfParams.withQuerySample: codebooks trained from"
                + " then on aim at them too; an index written before has to be indexed anew.");
      }
      ours.get().codebooks().forEach(used -> forFit(used.fit(), advice));
    }
    if (low.isEmpty()) {
      forEnough(wanted, defaults, advice);
    }
    for (RecallFigure figure : defaults) {
      if (figure.nothing() > 0) {
        advice.add(
            say(
                "%.1f %% of queries find none of their %d nearest: look at them by themselves, their"
                    + " recall is not that of the mean.",
                100 * figure.nothing(), figure.k()));
      }
    }
    if (!given) {
      advice.add(
          "Documents are easier to find than what users ask: measure with their queries, --queries"
              + " FILE.");
    }
    return advice;
  }

  private static void forLow(
      double wanted,
      RecallFigure low,
      List<RecallFigure> figures,
      List<Setting> settings,
      List<String> advice) {
    Optional<RecallFigure> enough =
        figures.stream()
            .filter(f -> f.k() == low.k() && f.mean() >= wanted && isTarget(f, settings))
            .min(Comparator.comparingDouble(RecallFigure::looked));
    if (enough.isPresent()) {
      RecallFigure better = enough.get();
      advice.add(
          say(
              "Ask with IvfSearchStrategy.%s, which finds %.3f and looks at %.1f times as many"
                  + " vectors; or write the index with IvfParams.withTargetRecall.",
              better.setting(), better.mean(), better.looked() / low.looked()));
    } else {
      advice.add(
          say(
              "No recall aimed at here reaches it for k = %d: try more with --target, or --nprobe.",
              low.k()));
    }
    figures.stream()
        .filter(f -> f.k() == low.k() && f.setting().equals(Setting.OVERSAMPLED.name()))
        .filter(f -> f.mean() >= low.mean() + WORTH)
        .forEach(f ->
            advice.add(
                say(
                    "Codes mislead: with IvfSearchStrategy.CALIBRATED.oversample(50) it is %.3f. Rerank"
                        + " more, or write the index with an encoding of more bits.",
                    f.mean())));
  }

  private static boolean isTarget(RecallFigure figure, List<Setting> settings) {
    return settings.stream()
        .anyMatch(s -> s.name().equals(figure.setting()) && s.target().isPresent());
  }

  private static void forFit(IvfStatistics.Fit fit, List<String> advice) {
    double arrived = (double) fit.arrived() / Math.max(1, fit.vectors());
    double farther = ratio(fit.energy(), fit.trainedEnergy());
    if (arrived > ARRIVED || farther > FARTHER) {
      advice.add(
          say(
              "Codebook %s fits less than it did: %.0f %% of its vectors came after its training,"
                  + " and lie %.2f times as far from their centroids. Merging to one segment"
                  + " (forceMerge(1)) renews it where one is due.",
              fit.codebook().substring(0, 8), 100 * arrived, farther));
    }
  }

  private static double ratio(OptionalDouble now, OptionalDouble then) {
    return now.isPresent() && then.isPresent() && then.getAsDouble() > 0
        ? now.getAsDouble() / then.getAsDouble()
        : 1;
  }

  private static void forEnough(double wanted, List<RecallFigure> defaults, List<String> advice) {
    List<RecallFigure> unsure = defaults.stream().filter(f -> f.low() < wanted).toList();
    if (unsure.isEmpty()) {
      advice.add(say("Recall is at least %s by default: nothing to change.", wanted));
    } else {
      advice.add(
          say(
              "%d queries do not tell whether recall@%d is %s: ask more, with --sample.",
              unsure.getFirst().queries(), unsure.getFirst().k(), wanted));
    }
  }

  /** Says what is lost on segments of other formats. */
  static String otherFormats(VectorField field) {
    long others =
        field.segments().stream()
            .filter(segment -> !segment.isOurs())
            .mapToLong(VectorField.Segment::vectors)
            .sum();
    return say(
        "%.0f %% of the vectors lie in segments of %s, which settings of a search do not reach:"
            + " write the field with IvfVectorsFormat and merge them.",
        100.0 * others / field.vectors(),
        String.join(
            ", ",
            field.formats().stream().filter(name -> !name.equals(IvfVectorsFormat.NAME)).toList()));
  }

  @FormatMethod
  private static String say(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
