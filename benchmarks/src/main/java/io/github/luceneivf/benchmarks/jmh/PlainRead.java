// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.jmh;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Reads memory as fast as one thread can in Java: wide loads into four sums. */
final class PlainRead {

  private static final VectorSpecies<Integer> SPECIES = IntVector.SPECIES_PREFERRED;
  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

  private PlainRead() {}

  /** Returns the exclusive or of all ints; the size is a multiple of 256 bytes. */
  static int xor(MemorySegment memory) {
    int step = SPECIES.vectorByteSize();
    IntVector a = IntVector.zero(SPECIES);
    IntVector b = a;
    IntVector c = a;
    IntVector d = a;
    for (long at = 0; at < memory.byteSize(); at += 4L * step) {
      a = a.lanewise(VectorOperators.XOR, IntVector.fromMemorySegment(SPECIES, memory, at, ORDER));
      b =
          b.lanewise(
              VectorOperators.XOR, IntVector.fromMemorySegment(SPECIES, memory, at + step, ORDER));
      c =
          c.lanewise(
              VectorOperators.XOR,
              IntVector.fromMemorySegment(SPECIES, memory, at + 2L * step, ORDER));
      d =
          d.lanewise(
              VectorOperators.XOR,
              IntVector.fromMemorySegment(SPECIES, memory, at + 3L * step, ORDER));
    }
    IntVector all =
        a.lanewise(VectorOperators.XOR, b)
            .lanewise(VectorOperators.XOR, c.lanewise(VectorOperators.XOR, d));
    return all.reduceLanes(VectorOperators.XOR);
  }
}
