// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec;

import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codec.file.ListStatistics;
import io.github.luceneivf.codec.fit.FitSum;
import io.github.luceneivf.codec.fit.FittedLists;
import io.github.luceneivf.codec.fit.SegmentFit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.LeafReaderContext;

/**
 * How well codebooks fit the vectors of an index: now, and the vectors they were trained with. A
 * deleted document counts until its segment is merged. Immutable.
 *
 * @param segments those with vectors of the field, in the order of leaves
 * @param codebooks one for each codebook in use, the newest version first
 */
public record IvfStatistics(List<Segment> segments, List<InUse> codebooks) {

  /** Copies the components. */
  public IvfStatistics {
    segments = List.copyOf(segments);
    codebooks = List.copyOf(codebooks);
  }

  /**
   * A segment.
   *
   * @param name of the segment
   * @param vectors its vectors
   * @param lists the fit of its lists; empty if it has none of a trained codebook
   */
  public record Segment(String name, int vectors, Optional<Fit> lists) {}

  /**
   * A codebook in use.
   *
   * @param segments how many have lists of it
   * @param fit over all of them
   */
  public record InUse(int segments, Fit fit) {}

  /**
   * How a codebook fits vectors. Energies are mean squared distances to the centroid, in the
   * codebook's space; imbalance is nlist·Σs²/(Σs)² over list sizes s, 1 if all are equal.
   *
   * @param codebook content hash, in hex
   * @param lineage version, parent and the number of vectors it was trained for
   * @param nlist lists
   * @param vectors vectors in the lists
   * @param arrived of these, how many came after the training
   * @param trainedEnergy energy at training; empty if not recorded
   * @param energy energy now; empty if not recorded
   * @param trainedImbalance imbalance at training; empty if not recorded
   * @param imbalance imbalance now
   */
  public record Fit(
      String codebook,
      Codebook.Lineage lineage,
      int nlist,
      long vectors,
      long arrived,
      OptionalDouble trainedEnergy,
      OptionalDouble energy,
      OptionalDouble trainedImbalance,
      double imbalance) {}

  /** Returns the statistics of a field; without segments if no one has vectors of it. */
  public static IvfStatistics of(IndexReader reader, String field) {
    List<Segment> segments = new ArrayList<>();
    Map<String, Sum> sums = new HashMap<>();
    for (LeafReaderContext leaf : reader.leaves()) {
      Optional<SegmentFit> found = SegmentFit.of(leaf.reader(), field);
      if (found.isEmpty()) {
        continue;
      }
      SegmentFit segment = found.get();
      Optional<Fit> fit =
          segment
              .lists()
              .map(lists -> {
                sums.computeIfAbsent(lists.codebook().id().toString(), _ -> new Sum(lists))
                    .add(lists);
                Sum own = new Sum(lists);
                own.add(lists);
                return own.fit();
              });
      segments.add(new Segment(segment.segment(), segment.vectors(), fit));
    }
    List<InUse> codebooks =
        sums.values().stream()
            .map(sum -> new InUse(sum.segments, sum.fit()))
            .sorted(
                Comparator.comparingInt((InUse used) -> -used.fit.lineage.version())
                    .thenComparing(used -> used.fit.codebook))
            .toList();
    return new IvfStatistics(segments, codebooks);
  }

  /** Adds up segments of one codebook. */
  private static final class Sum {
    private final Codebook codebook;
    private final FitSum sum;
    private ListStatistics known;
    private int segments;

    Sum(FittedLists first) {
      this.codebook = first.codebook();
      this.sum = new FitSum(first.sizes().length);
      this.known = first.statistics();
    }

    void add(FittedLists lists) {
      sum.add(lists);
      if (lists.statistics().training().isKnown()) {
        known = lists.statistics();
      }
      segments++;
    }

    Fit fit() {
      boolean trained = known.training().isKnown();
      return new Fit(
          codebook.id().toString(),
          codebook.lineage(),
          codebook.nlist(),
          sum.vectors(),
          sum.arrived(),
          trained ? OptionalDouble.of(known.training().energy()) : OptionalDouble.empty(),
          sum.isMeasured() ? OptionalDouble.of(sum.energy()) : OptionalDouble.empty(),
          trained ? OptionalDouble.of(known.training().imbalance()) : OptionalDouble.empty(),
          sum.imbalance());
    }
  }
}
