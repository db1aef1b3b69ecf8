package io.github.luceneivf.codec.write;

import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.codec.config.IvfParams;
import io.github.luceneivf.codec.file.SegmentCodebook;
import io.github.luceneivf.quantization.Encoding;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Chooses the plan for a segment from its size and the codebooks at hand. Immutable.
 *
 * @param params settings
 * @param metric metric of the field
 * @param dim dimension of the field
 */
record IndexPlanner(IvfParams params, Metric metric, int dim) {

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
      return assignOrOneList(vectors, best.get());
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
   */
  IndexPlan merge(int vectors, List<MergeInput> inputs, List<SegmentCodebook> known) {
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
    Optional<String> due = new RenewalRule(params.sizing()).due(best.get().codebook(), vectors);
    if (canTrain && due.isPresent()) {
      return train(vectors, best, due.get());
    }
    IndexPlan plan = assignOrOneList(vectors, best.get());
    return plan instanceof IndexPlan.Assign ? copyOrReassign(best.get(), inputs) : plan;
  }

  private IndexPlan copyOrReassign(SegmentCodebook target, List<MergeInput> inputs) {
    long same = inputs.stream().filter(input -> isCopied(input, target)).count();
    String codebook = "codebook " + target.codebook().id().shortHex();
    String reason = same + " of " + inputs.size() + " segments have " + codebook;
    if (same == 0) {
      return new IndexPlan.Assign(target, reason);
    }
    return same == inputs.size()
        ? new IndexPlan.Copy(target, reason)
        : new IndexPlan.Reassign(target, reason);
  }

  /** Returns whether the codes of a segment are copied into lists of a codebook. */
  boolean isCopied(MergeInput input, SegmentCodebook target) {
    return input.isCodedWith(target.codebook().id(), params.encodingFor(dim));
  }

  private IndexPlan exact(int vectors) {
    return new IndexPlan.Exact(vectors + " vectors are fewer than " + params.thresholds().exact());
  }

  private IndexPlan train(int vectors, Optional<SegmentCodebook> parent, String reason) {
    return new IndexPlan.Train(Math.min(params.sizing().nlist(vectors), vectors), parent, reason);
  }

  private IndexPlan assignOrOneList(int vectors, SegmentCodebook best) {
    int nlist = best.codebook().nlist();
    if (vectors < (long) params.thresholds().perList() * nlist) {
      return new IndexPlan.OneList(vectors + " vectors are too few for " + nlist + " lists");
    }
    return new IndexPlan.Assign(best, "codebook " + best.codebook().id().shortHex() + " at hand");
  }

  /** The newest that fits the field and its encoding. */
  private Optional<SegmentCodebook> best(List<SegmentCodebook> known) {
    Encoding encoding = params.encodingFor(dim);
    return newest(known.stream().filter(c -> c.codebook().supports(encoding)).toList());
  }

  /** The newest that fits the field; among equals the one trained for most, then by hash. */
  private Optional<SegmentCodebook> newest(List<SegmentCodebook> known) {
    return known.stream()
        .filter(c -> c.codebook().dim() == dim && c.codebook().metric() == metric)
        .max(
            Comparator.comparingInt((SegmentCodebook c) -> c.codebook().lineage().version())
                .thenComparingLong(c -> c.codebook().lineage().population())
                .thenComparing(c -> c.codebook().id().toString()));
  }
}
