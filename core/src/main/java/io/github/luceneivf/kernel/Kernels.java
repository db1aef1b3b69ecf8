package io.github.luceneivf.kernel;

/** Picks the kernel of this process once. */
public final class Kernels {

  private static final VectorKernel KERNEL = new ScalarKernel();

  private Kernels() {}

  /** Returns the kernel of this process. */
  public static VectorKernel get() {
    return KERNEL;
  }
}
