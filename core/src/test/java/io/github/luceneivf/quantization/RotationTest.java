// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.quantization;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.kernel.VectorKernel;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RotationTest {

  private static float[] rotate(Rotation rotation, float[] in) {
    int padded = Rotation.paddedDim(in.length);
    float[] out = new float[padded + 3];
    rotation.rotate(in, 0, out, 3, new float[padded]);
    return Arrays.copyOfRange(out, 3, padded + 3);
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 31, 32, 33, 100, 128, 384, 784, 800, 4096})
  void normsAndInnerProductsSurvive(int dim) {
    Random random = new Random(dim);
    Rotation rotation = new Rotation(7, dim);
    for (int round = 0; round < 5; round++) {
      float[] a = QuantizationData.gaussian(random, 1, dim, 1);
      float[] b = QuantizationData.gaussian(random, 1, dim, 1);
      float[] ra = rotate(rotation, a);
      float[] rb = rotate(rotation, b);
      assertEquals(dot(a, a), dot(ra, ra), 1e-5 * dot(a, a));
      assertEquals(dot(a, b), dot(ra, rb), 1e-5 * Math.sqrt(dot(a, a) * dot(b, b)));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 384, 784, 800})
  void energyOfOneComponentIsSpreadOverAllBlocks(int dim) {
    Rotation rotation = new Rotation(3, dim);
    int padded = Rotation.paddedDim(dim);
    double worst = 0;
    for (int d = 0; d < dim; d += 7) {
      float[] unit = new float[dim];
      unit[d] = 1;
      for (float value : rotate(rotation, unit)) {
        worst = Math.max(worst, Math.abs(value));
      }
    }
    assertTrue(worst < 6 / Math.sqrt(padded), "largest component: " + worst);
  }

  /** The figures are of another implementation, in doubles. */
  @Test
  void theSameSeedGivesTheSameRotationForEver() {
    float[] one = rotate(new Rotation(42, 5), new float[] {1, 2, 3, 4, 5});
    float[] golden = {0.751301f, 0.3977476f, 0.9280777f, 2.96101f};
    assertArrayEquals(golden, Arrays.copyOf(one, 4), 1e-5f);
    float[] ramp = new float[70];
    for (int d = 0; d < ramp.length; d++) {
      ramp[d] = d;
    }
    float[] two = rotate(new Rotation(7, 70), ramp);
    float[] across = {6.120695f, -20.81985f, -12.61389f, 24.58209f};
    assertArrayEquals(across, Arrays.copyOfRange(two, 62, 66), 1e-4f);
  }

  @Test
  void anotherSeedGivesAnotherRotation() {
    float[] in = {1, 2, 3, 4, 5};
    assertTrue(!Arrays.equals(rotate(new Rotation(1, 5), in), rotate(new Rotation(2, 5), in)));
  }

  @Test
  void splitMixGivesThePublishedSequence() {
    SplitMix64 random = new SplitMix64(1234567);
    assertEquals(6457827717110365317L, random.next());
    assertEquals(3203168211198807973L, random.next());
  }

  @Test
  void dimensionBelowOneIsRefused() {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> new Rotation(1, 0));
    assertEquals("dim must be at least 1, got: 0", e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 33, 100, 384, 800, 1000})
  void vectorsOfATileAreRotatedAsAlone(int dim) {
    Rotation rotation = new Rotation(7, dim);
    int padded = Rotation.paddedDim(dim);
    float[] vectors = QuantizationData.gaussian(new Random(dim), VectorKernel.TILE, dim, 1);
    float[] in = new float[padded * VectorKernel.TILE];
    float[] out = new float[padded * VectorKernel.TILE];
    for (int j = 0; j < VectorKernel.TILE; j++) {
      for (int d = 0; d < dim; d++) {
        in[d * VectorKernel.TILE + j] = vectors[j * dim + d];
      }
    }
    rotation.rotateTile(in, out);
    for (int j = 0; j < VectorKernel.TILE; j++) {
      float[] column = new float[padded];
      for (int d = 0; d < padded; d++) {
        column[d] = out[d * VectorKernel.TILE + j];
      }
      float[] alone = rotate(rotation, Arrays.copyOfRange(vectors, j * dim, (j + 1) * dim));
      assertArrayEquals(alone, column);
    }
  }
}
