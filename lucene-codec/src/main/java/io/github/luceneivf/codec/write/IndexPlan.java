// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.write;

import io.github.luceneivf.codec.config.IndexEvent;
import io.github.luceneivf.codec.file.SegmentCodebook;
import java.util.Optional;

/** What is done to index the vectors of a field of a segment. */
sealed interface IndexPlan {

  /** Why, for the info stream. */
  String reason();

  /** What listeners are told. */
  IndexEvent.Action action();

  /** Neither codes nor lists. */
  record Exact(String reason) implements IndexPlan {
    @Override
    public IndexEvent.Action action() {
      return IndexEvent.Action.EXACT;
    }
  }

  /** One list, coded about the mean. */
  record OneList(String reason) implements IndexPlan {
    @Override
    public IndexEvent.Action action() {
      return IndexEvent.Action.ONE_LIST;
    }
  }

  /** Assignment to the lists of a codebook. */
  record Assign(SegmentCodebook codebook, String reason) implements IndexPlan {
    @Override
    public IndexEvent.Action action() {
      return IndexEvent.Action.ASSIGN;
    }
  }

  /** Lists copied from all inputs of a merge: they have this codebook. */
  record Copy(SegmentCodebook codebook, String reason) implements IndexPlan {
    @Override
    public IndexEvent.Action action() {
      return IndexEvent.Action.COPY;
    }
  }

  /** Lists copied from the inputs that have this codebook, assignment for the others. */
  record Reassign(SegmentCodebook codebook, String reason) implements IndexPlan {
    @Override
    public IndexEvent.Action action() {
      return IndexEvent.Action.REASSIGN;
    }
  }

  /**
   * A training, then assignment.
   *
   * @param population vectors that the codebook is for, those of the segment or of the index
   */
  record Train(int nlist, Optional<SegmentCodebook> parent, long population, String reason)
      implements IndexPlan {
    @Override
    public IndexEvent.Action action() {
      return IndexEvent.Action.TRAIN;
    }
  }
}
