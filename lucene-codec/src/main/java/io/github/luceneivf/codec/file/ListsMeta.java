// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.file;

import io.github.luceneivf.calibration.Calibration;
import io.github.luceneivf.codebook.CodebookId;
import io.github.luceneivf.codebook.ListReach;
import io.github.luceneivf.quantization.Encoding;
import java.util.Arrays;
import org.apache.lucene.util.packed.DirectWriter;

/**
 * What {@code .ivm} says of the posting lists of a field.
 *
 * @param encoding the encoding of the codes
 * @param codebook content hash of the codebook in {@code .ivc}
 * @param calibration recall by nprobe and rerank depth
 * @param targetRecall recall that the default settings aim at
 * @param places where the parts are
 * @param sizes [nlist] entries of each list, shared
 * @param statistics how well the codebook fits
 * @param reach how far vectors reach beyond the centroids of their lists; {@link ListReach#NONE}
 *     unless the metric is that of inner products
 */
@SuppressWarnings("ArrayRecordComponent") // shared on purpose, see above
public record ListsMeta(
    Encoding encoding,
    CodebookId codebook,
    Calibration calibration,
    float targetRecall,
    FieldMeta.Places places,
    int[] sizes,
    ListStatistics statistics,
    ListReach reach) {

  /** Creates lists of which nothing was measured. */
  public ListsMeta(
      Encoding encoding,
      CodebookId codebook,
      Calibration calibration,
      float targetRecall,
      FieldMeta.Places places,
      int[] sizes) {
    this(
        encoding,
        codebook,
        calibration,
        targetRecall,
        places,
        sizes,
        ListStatistics.UNKNOWN,
        ListReach.NONE);
  }

  /** Returns a copy with what was measured. */
  public ListsMeta with(ListStatistics otherStatistics, ListReach otherReach) {
    return new ListsMeta(
        encoding, codebook, calibration, targetRecall, places, sizes, otherStatistics, otherReach);
  }

  /** Returns the entries of all lists: one of each vector, and a second one of some. */
  public long entries() {
    return entries(sizes);
  }

  /** Returns the entries of lists of these sizes, [nlist]. */
  static long entries(int[] sizes) {
    long sum = 0;
    for (int size : sizes) {
      sum += size;
    }
    return sum;
  }

  /** Returns the number of lists. */
  public int nlist() {
    return sizes.length;
  }

  /** Returns the bits of a position in lists of these sizes. */
  public static int positionBits(int[] sizes) {
    return bits(Arrays.stream(sizes).max().orElse(1) - 1);
  }

  /** Returns the bits of an entry of {@code .ivo}, rounded up to what can be read directly. */
  public static int entryBits(int[] sizes) {
    return DirectWriter.unsignedBitsRequired(
        (1L << (bits(sizes.length - 1) + positionBits(sizes))) - 1);
  }

  private static int bits(int max) {
    return 32 - Integer.numberOfLeadingZeros(Math.max(max, 1));
  }
}
