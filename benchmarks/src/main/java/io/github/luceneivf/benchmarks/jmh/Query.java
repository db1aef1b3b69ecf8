// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.jmh;

import io.github.luceneivf.kernel.Kernels;
import io.github.luceneivf.kernel.VectorKernel;
import java.util.SplittableRandom;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** One query in every form that a kernel wants, and where the results go. */
@State(Scope.Thread)
public class Query {

  /** Dimensions. */
  @Param({"128", "384", "784"})
  public int dim;

  float[] floats = {};
  byte[] bitTables = {};
  byte[] tables = {};
  final int[] sums = new int[Codes.WIDTH];
  final float[] scores = new float[Codes.WIDTH];

  /** Makes the query of the dimensions asked for. */
  @Setup(Level.Trial)
  public void make() {
    SplittableRandom random = new SplittableRandom(2);
    floats = new float[dim];
    for (int d = 0; d < dim; d++) {
      floats[d] = (float) random.nextGaussian();
    }
    int units = Kernel.BIT_DOTS.codeBytes(dim);
    int[] digits = random.ints(8L * units, -8, 8).toArray();
    VectorKernel kernel = Kernels.get();
    bitTables = new byte[kernel.bitTableBytes(units)];
    kernel.bitTables(digits, digits.length, bitTables);
    tables = new byte[VectorKernel.lutBytes(dim / 2)];
    random.nextBytes(tables);
  }
}
