// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.jmh;

import io.github.luceneivf.kernel.Kernels;
import io.github.luceneivf.kernel.VectorKernel;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Nearest centroids of a batch of vectors, the work of training and assignment. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
public class AssignBenchmark {

  /** Vectors of one operation. */
  static final int ROWS = 1024;

  /** Centroids. */
  static final int NLIST = 1024;

  private final VectorKernel kernel = Kernels.get();
  private float[] rows = {};
  private float[] panels = {};
  private float[] halfNorms = {};
  private final int[] nearest = new int[ROWS];
  private final float[] values = new float[ROWS];

  /** Makes vectors and centroids. */
  @Setup(Level.Trial)
  public void make(Query query) {
    int dim = query.dim;
    SplittableRandom random = new SplittableRandom(4);
    rows = new float[ROWS * dim];
    float[] centroids = new float[NLIST * dim];
    for (float[] array : new float[][] {rows, centroids}) {
      for (int i = 0; i < array.length; i++) {
        array[i] = (float) random.nextGaussian();
      }
    }
    panels = VectorKernel.panels(centroids, NLIST, dim);
    halfNorms = VectorKernel.halfNorms(centroids, NLIST, dim);
  }

  /** Assigns a batch. */
  @Benchmark
  public int[] nearest(Query query) {
    kernel.nearest(rows, 0, ROWS, panels, halfNorms, NLIST, query.dim, nearest, values, 0);
    return nearest;
  }
}
