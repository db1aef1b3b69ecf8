// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.write;

import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.codec.config.IvfParams;
import io.github.luceneivf.codec.file.SegmentCodebook;
import io.github.luceneivf.codec.fit.IndexFit;
import io.github.luceneivf.codec.fit.MergeInput;
import io.github.luceneivf.codec.fit.RenewalRule;
import io.github.luceneivf.codec.telemetry.IndexEvent.Action;
import io.github.luceneivf.quantization.Encoding;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Chooses the plan for a segment from its size and the codebooks at hand. Immutable.
 *
 * @param params settings
 * @param metric metric of the field
 * @param dim dimension of the field
 */
record IndexPlanner(IvfParams params, Metric metric, int dim) {

  /** An index with fewer vectors is young: it is sized for twice as many, up to these. */
  private static final long GROWN_UP = 32_768;

  /** What an index that has outgrown a codebook is sized for. */
  private static final double GROWTH = 1.5;

  /**
   * Plans a flush.
   *
   * @param known codebooks at hand, any number
   * @param mayTrain whether a training may happen on the flushing thread
   */
  IndexPlan flush(int vectors, List<SegmentCodebook> known, boolean mayTrain) {
    if (vectors < params.thresholds().exact() || vectors == 0) {
      return exact(vectors);
    }
    Optional<SegmentCodebook> best = best(known);
    if (best.isPresent()) {
      String reason = "codebook " + best.get().codebook().id().shortHex() + " at hand";
      return fewFor(vectors, best.get())
          .orElseGet(
              () -> new IndexPlan.Coded(best.get(), List.of(), vectors, Action.ASSIGN, reason));
    }
    if (mayTrain && vectors >= params.thresholds().training()) {
      return train(vectors, newest(known), "no codebook known");
    }
    return new IndexPlan.OneList(
        mayTrain ? vectors + " vectors are too few to train with" : "training is left to a merge");
  }

  /**
   * Plans a merge.
   *
   * @param inputs segments that have vectors of the field
   * @param known other codebooks at hand, any number
   * @param fit says how a codebook fits the whole index
   */
  IndexPlan merge(
      int vectors,
      List<MergeInput> inputs,
      List<SegmentCodebook> known,
      Function<SegmentCodebook, IndexFit> fit) {
    if (vectors < params.thresholds().exact() || vectors == 0) {
      return exact(vectors);
    }
    List<SegmentCodebook> all = new ArrayList<>(known);
    inputs.forEach(input -> input.codebook().ifPresent(all::add));
    Optional<SegmentCodebook> best = best(all);
    boolean canTrain = vectors >= params.thresholds().training();
    if (best.isEmpty()) {
      return canTrain
          ? train(vectors, newest(all), "no codebook known")
          : new IndexPlan.OneList(vectors + " vectors are too few to train with");
    }
    Optional<IndexPlan> renewal = canTrain ? renew(vectors, best.get(), fit) : Optional.empty();
    if (renewal.isPresent()) {
      return renewal.get();
    }
    return fewFor(vectors, best.get()).orElseGet(() -> coded(vectors, best.get(), inputs));
  }

  /**
   * A new version, if one is due, most of the index can be seen, and the merge can fill its lists.
   */
  private Optional<IndexPlan> renew(
      int vectors, SegmentCodebook current, Function<SegmentCodebook, IndexFit> fit) {
    IndexFit index = fit.apply(current);
    int nlist = nlist(index.vectors(), GROWTH);
    if (2 * index.reachable() < index.vectors()
        || vectors < (long) params.thresholds().perList() * nlist) {
      return Optional.empty();
    }
    return new RenewalRule(params.sizing())
        .due(current, index)
        .map(reason -> new IndexPlan.Train(nlist, Optional.of(current), index.vectors(), reason));
  }

  private IndexPlan coded(int vectors, SegmentCodebook target, List<MergeInput> inputs) {
    Encoding encoding = params.encodingFor(dim);
    List<MergeInput> same =
        inputs.stream()
            .filter(input -> input.isCodedWith(target.codebook().id(), encoding))
            .toList();
    String codebook = "codebook " + target.codebook().id().shortHex();
    String reason = same.size() + " of " + inputs.size() + " segments have " + codebook;
    Action action = Action.REASSIGN;
    if (same.isEmpty()) {
      action = Action.ASSIGN;
    } else if (same.size() == inputs.size()) {
      action = Action.COPY;
    }
    return new IndexPlan.Coded(target, same, arrived(vectors, inputs), action, reason);
  }

  /**
   * Vectors that came after the training of the codebook. Those of segments with lists of another
   * codebook, an older version, are taken to have been there.
   */
  private static int arrived(int vectors, List<MergeInput> inputs) {
    long others =
        inputs.stream()
            .filter(input -> input.codebook().isPresent())
            .mapToLong(input -> input.lists().orElseThrow().values().size())
            .sum();
    return (int) Math.max(0, vectors - others);
  }

  private IndexPlan exact(int vectors) {
    return new IndexPlan.Exact(vectors + " vectors are fewer than " + params.thresholds().exact());
  }

  private IndexPlan train(int vectors, Optional<SegmentCodebook> parent, String reason) {
    return new IndexPlan.Train(nlist(vectors, 1), parent, vectors, reason);
  }

  /**
   * Returns the lists for an index that has so many vectors and goes on growing until its codebook
   * is replaced.
   *
   * @param growth vectors that an index is sized for, as a multiple of those it has; a young one
   *     for more
   */
  private int nlist(long vectors, double growth) {
    long expected = Math.max((long) (growth * vectors), Math.min(2 * vectors, GROWN_UP));
    return (int) Math.min(params.sizing().nlist(expected), vectors);
  }

  /** One list, where there are too few vectors for those of a codebook. */
  private Optional<IndexPlan> fewFor(int vectors, SegmentCodebook best) {
    int nlist = best.codebook().nlist();
    return vectors < (long) params.thresholds().perList() * nlist
        ? Optional.of(
            new IndexPlan.OneList(vectors + " vectors are too few for " + nlist + " lists"))
        : Optional.empty();
  }

  /** The newest that fits the field and its encoding. */
  private Optional<SegmentCodebook> best(List<SegmentCodebook> known) {
    Encoding encoding = params.encodingFor(dim);
    return newest(known.stream().filter(c -> c.codebook().supports(encoding)).toList());
  }

  /** The newest that fits the field. */
  private Optional<SegmentCodebook> newest(List<SegmentCodebook> known) {
    return known.stream()
        .filter(c -> c.codebook().dim() == dim && c.codebook().metric() == metric)
        .max(SegmentCodebook.OLDEST_FIRST);
  }
}
