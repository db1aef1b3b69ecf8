// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.contender;

import java.util.Arrays;
import java.util.Locale;
import java.util.function.Predicate;

/** What a merge is at, as the stack of its thread tells; the first that fits. */
enum MergePhase {
  /** Checksums of the inputs. */
  CHECKING_INPUTS(frame -> frame.getMethodName().equals("checkIntegrity")),
  /** Lucene's copy of the vectors as they are. */
  COPYING_RAW_VECTORS(frame ->
      frame.getClassName().contains("FlatVectorsWriter")
          && frame.getMethodName().startsWith("merge")),
  /** Drawing what a codebook is trained with. */
  SAMPLING(frame -> frame.getClassName().endsWith(".TrainingSample")),
  /** Training a codebook, here or elsewhere. */
  TRAINING(frame -> frame.getClassName().endsWith("CodebookTrainer")),
  /** Coding vectors whose list is known. */
  ENCODING(frame -> frame.getClassName().endsWith(".VectorCoder")),
  /** Finding the lists of vectors; with a sidecar, also waiting for their codes. */
  ASSIGNING(frame -> frame.getClassName().endsWith("VectorEncoder")),
  /** Putting lists together. */
  WRITING_LISTS(frame -> frame.getClassName().endsWith(".InvertedFileWriter")),
  /** Connecting the vectors of a graph. */
  BUILDING_A_GRAPH(frame -> frame.getClassName().contains("hnsw")),
  /** Anything else: documents, terms, opening and closing files. */
  OTHER(_ -> true);

  private final Predicate<StackTraceElement> fits;

  MergePhase(Predicate<StackTraceElement> fits) {
    this.fits = fits;
  }

  /** Returns the phase of a merge whose thread has this stack. */
  static MergePhase of(StackTraceElement[] stack) {
    for (MergePhase phase : values()) {
      if (Arrays.stream(stack).anyMatch(phase.fits)) {
        return phase;
      }
    }
    return OTHER;
  }

  /** Returns the name that readers see. */
  String title() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
