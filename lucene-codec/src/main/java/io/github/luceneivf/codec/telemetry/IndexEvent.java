// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.telemetry;

import io.github.luceneivf.codebook.TrainingReport;
import java.time.Duration;
import java.util.Optional;

/**
 * One field of one segment was written.
 *
 * @param segment name of the segment
 * @param field name of the field
 * @param cause why it was written
 * @param action what was done
 * @param vectors vectors in it
 * @param nlist posting lists it has; 0 if it is scanned exactly
 * @param merged what became of the vectors of the segments merged; of a flush {@link
 *     MergeCounts#NONE}
 * @param training report of the training, if there was one
 * @param trainingTime time spent waiting for a codebook
 * @param encodingTime time spent on assignment, encoding and writing posting lists
 */
public record IndexEvent(
    String segment,
    String field,
    Cause cause,
    Action action,
    int vectors,
    int nlist,
    MergeCounts merged,
    Optional<TrainingReport> training,
    Duration trainingTime,
    Duration encodingTime) {

  /** Why a segment was written. */
  public enum Cause {
    /** Buffered documents went to disk. */
    FLUSH,
    /** Segments became one. */
    MERGE
  }

  /** What was done to index the vectors. */
  public enum Action {
    /** Too few vectors: neither codes nor lists. */
    EXACT,
    /** One list, coded about the mean. */
    ONE_LIST,
    /** All vectors assigned to the lists of a codebook that was at hand, and encoded. */
    ASSIGN,
    /** A merge of segments of one codebook: all codes copied. */
    COPY,
    /** A merge that copied the codes of some segments, and assigned and encoded the others. */
    REASSIGN,
    /** A codebook was trained, then as {@link #ASSIGN}. */
    TRAIN
  }
}
