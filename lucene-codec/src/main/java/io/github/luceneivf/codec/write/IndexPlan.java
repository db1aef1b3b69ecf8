// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.write;

import io.github.luceneivf.codec.file.SegmentCodebook;
import io.github.luceneivf.codec.fit.MergeInput;
import io.github.luceneivf.codec.telemetry.IndexEvent.Action;
import java.util.List;
import java.util.Optional;

/** What is done to index the vectors of a field of a segment, and with what. */
sealed interface IndexPlan {

  /** Why, for the info stream. */
  String reason();

  /** What listeners are told. */
  Action action();

  /** Inputs of a merge whose codes are copied. */
  default List<MergeInput> copies() {
    return List.of();
  }

  /** Whether a codebook is trained, which one at a time may do. */
  default boolean trains() {
    return false;
  }

  /** Neither codes nor lists. */
  record Exact(String reason) implements IndexPlan {
    @Override
    public Action action() {
      return Action.EXACT;
    }
  }

  /** One list, coded about the mean. */
  record OneList(String reason) implements IndexPlan {
    @Override
    public Action action() {
      return Action.ONE_LIST;
    }
  }

  /**
   * Lists of a codebook: copied from the inputs of a merge that have it, assignment for the others.
   *
   * @param copies inputs whose codes are copied
   * @param arrived vectors not in lists of any codebook, which came after the training; some may be
   *     in lists that are copied
   * @param action whether none, all or some of the inputs are copied
   */
  record Coded(
      SegmentCodebook codebook, List<MergeInput> copies, int arrived, Action action, String reason)
      implements IndexPlan {}

  /**
   * A training, then assignment.
   *
   * @param population vectors that the codebook is for, those of the segment or of the index
   */
  record Train(int nlist, Optional<SegmentCodebook> parent, long population, String reason)
      implements IndexPlan {
    @Override
    public Action action() {
      return Action.TRAIN;
    }

    @Override
    public boolean trains() {
      return true;
    }
  }
}
