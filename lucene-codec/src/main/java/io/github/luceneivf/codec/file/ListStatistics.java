// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.file;

import io.github.luceneivf.codebook.TrainingStatistics;
import java.io.IOException;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;

/**
 * How well a codebook fits the vectors of a segment, and fitted those it was trained with.
 *
 * @param training at training
 * @param measured whether {@code energy} is known
 * @param energy mean squared distance of the segment's vectors to their centroids, in the
 *     codebook's space; measured on a sample when they were assigned, and averaged over what is
 *     copied since
 * @param arrived vectors that came after the codebook was trained
 */
public record ListStatistics(
    TrainingStatistics training, boolean measured, double energy, int arrived) {

  /** Of a segment for which nothing was recorded. */
  public static final ListStatistics UNKNOWN =
      new ListStatistics(TrainingStatistics.UNKNOWN, false, 0, 0);

  private static final byte UNMEASURED = 0;
  private static final byte MEASURED = 1;

  /** Validates the components. */
  public ListStatistics {
    if (!(energy >= 0 && energy <= Double.MAX_VALUE)) {
      throw new IllegalArgumentException("energy must be at least 0 and finite, got: " + energy);
    }
    if (arrived < 0) {
      throw new IllegalArgumentException("arrived must be at least 0, got: " + arrived);
    }
  }

  void write(IndexOutput out) throws IOException {
    out.writeVInt(training.samples());
    out.writeLong(Double.doubleToLongBits(training.energy()));
    out.writeLong(Double.doubleToLongBits(training.imbalance()));
    out.writeByte(measured ? MEASURED : UNMEASURED);
    out.writeLong(Double.doubleToLongBits(energy));
    out.writeVInt(arrived);
  }

  static ListStatistics read(IndexInput in) throws IOException {
    try {
      TrainingStatistics training =
          new TrainingStatistics(
              in.readVInt(),
              Double.longBitsToDouble(in.readLong()),
              Double.longBitsToDouble(in.readLong()));
      byte measured = in.readByte();
      if (measured != UNMEASURED && measured != MEASURED) {
        throw new CorruptIndexException("measured: expected 0 or 1, got: " + measured, in);
      }
      double energy = Double.longBitsToDouble(in.readLong());
      return new ListStatistics(training, measured == MEASURED, energy, in.readVInt());
    } catch (IllegalArgumentException e) {
      throw new CorruptIndexException("statistics: " + e.getMessage(), in, e);
    }
  }
}
