// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.write;

import java.io.IOException;
import org.apache.lucene.util.FixedBitSet;

/**
 * Those vectors of a merge that are assigned and encoded, numbered from 0 on.
 *
 * @param all the merged vectors
 * @param ords which of them
 * @param size how many
 */
record VectorSubset(RandomVectors all, FixedBitSet ords, int size) implements RandomVectors {

  @Override
  public int dim() {
    return all.dim();
  }

  @Override
  public Reader reader() throws IOException {
    Reader reader = all.reader();
    return new Reader() {
      private int number = -1;
      private int ord = -1;

      @Override
      public float[] read(int wanted) throws IOException {
        for (; number < wanted; number++) {
          ord = ords.nextSetBit(ord + 1);
        }
        return reader.read(ord);
      }
    };
  }
}
