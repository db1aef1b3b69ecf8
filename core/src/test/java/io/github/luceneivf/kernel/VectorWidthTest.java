// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;

/**
 * The build runs the tests of kernels at several widths, each in a JVM of its own that is told the
 * width twice: by an option, and here in the property {@code ivf.vector.bits}. This test holds that
 * the option had its effect, and says so where the processor has no such vectors.
 */
class VectorWidthTest {

  /** Bits, or one of the words below. */
  private static final String ASKED = System.getProperty("ivf.vector.bits", "native");

  @Test
  void theKernelHasTheWidthThatWasAskedFor() {
    String kernel = Kernels.get().name();
    System.out.println("vector width: asked for " + ASKED + ", the kernel is " + kernel);
    switch (ASKED) {
      case "native" -> {}
      case "none" -> assertEquals("scalar", kernel);
      default -> {
        int asked = Integer.parseInt(ASKED);
        int bits = Integer.parseInt(kernel.replaceFirst("panama-(\\d+).*", "$1"));
        assumeTrue(
            bits >= asked, "this processor has no vectors of " + asked + " bits, got: " + bits);
        assertEquals(asked, bits);
      }
    }
  }
}
