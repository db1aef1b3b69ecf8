// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.kernel;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** Picks the kernel of this process once, and logs which. */
public final class Kernels {

  private static final String MODULE = "jdk.incubator.vector";

  private static final VectorKernel KERNEL = choose();

  private Kernels() {}

  /** Returns the kernel of this process. */
  public static VectorKernel get() {
    return KERNEL;
  }

  private static VectorKernel choose() {
    Logger log = System.getLogger(Kernels.class.getName());
    if (ModuleLayer.boot().findModule(MODULE).isEmpty()) {
      log.log(
          Level.INFO,
          "vector kernel: scalar, several times slower; for the fast one start Java with"
              + " --add-modules "
              + MODULE);
      return new ScalarKernel();
    }
    VectorKernel kernel = Panama.kernel();
    log.log(Level.INFO, "vector kernel: " + kernel.name());
    return kernel;
  }

  /** The only code that links {@link PanamaKernel}; not loaded where the module is missing. */
  private static final class Panama {

    private Panama() {}

    static VectorKernel kernel() {
      return PanamaKernel.isSupported() ? new PanamaKernel() : new ScalarKernel();
    }
  }
}
