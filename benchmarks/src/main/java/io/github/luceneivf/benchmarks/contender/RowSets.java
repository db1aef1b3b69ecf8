// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.contender;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.util.FixedBitSet;

/**
 * Sets of rows: one for all queries, or one for each. Immutable by convention: the sets are shared.
 *
 * @param sets at least one, a bit for each row
 */
public record RowSets(List<FixedBitSet> sets) {

  /** Copies the list. */
  public RowSets {
    sets = List.copyOf(sets);
    if (sets.isEmpty()) {
      throw new IllegalArgumentException("sets must be at least 1, got: 0");
    }
  }

  /** Returns the set of one query. */
  public FixedBitSet of(int query) {
    return sets.get(sets.size() == 1 ? 0 : query);
  }

  /** Writes the sets one after another, as little-endian words. */
  public void write(Path file) throws IOException {
    int words = FixedBitSet.bits2words(sets.getFirst().length());
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.multiplyExact(words * Long.BYTES, sets.size()))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (FixedBitSet set : sets) {
      for (int word = 0; word < words; word++) {
        bytes.putLong(set.getBits()[word]);
      }
    }
    Files.write(file, bytes.array());
  }

  /**
   * Reads sets of so many rows.
   *
   * @throws IOException if the file does not hold whole sets
   */
  static RowSets read(Path file, int rows) throws IOException {
    LongBuffer all =
        ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer();
    int words = FixedBitSet.bits2words(rows);
    if (all.limit() == 0 || all.limit() % words != 0) {
      throw new IOException(
          file + " must hold whole sets of " + words + " words, got: " + all.limit());
    }
    List<FixedBitSet> sets = new ArrayList<>();
    while (all.hasRemaining()) {
      long[] bits = new long[words];
      all.get(bits);
      sets.add(new FixedBitSet(bits, rows));
    }
    return new RowSets(sets);
  }
}
