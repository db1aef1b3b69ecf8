// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.quantization;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.Metric;
import java.util.Random;
import org.junit.jupiter.api.Test;

class VectorCoderTest {

  private static final int NLIST = 5;

  @Test
  void aRecordDependsOnItsVectorAlone() {
    Random random = new Random(3);
    for (int dim : new int[] {3, 70, 96}) {
      for (Metric metric : Metric.values()) {
        float[] mean = QuantizationData.gaussian(random, 1, dim, 1);
        Quantizer plain = QuantizationData.quantizer(metric, mean);
        float[] values = QuantizationData.gaussian(random, NLIST, dim, 1);
        FloatMatrix centroids = new FloatMatrix(values, NLIST, dim);
        for (Encoding encoding : Encoding.all()) {
          if (encoding.subspaceDim() == 0 || dim > 3) {
            Quantizer quantizer = QuantizationData.quantizer(encoding, plain, 1);
            check(new VectorCoder(encoding, quantizer, centroids), encoding, dim, random);
          }
        }
      }
    }
  }

  private static void check(VectorCoder coder, Encoding encoding, int dim, Random random) {
    int count = 37;
    int recordBytes = encoding.recordBytes(dim);
    float[] x = QuantizationData.gaussian(random, count + 1, dim, 1);
    int[] lists = random.ints(count + 2, 0, NLIST).toArray();
    byte[] alone = new byte[count * recordBytes + 1];
    byte[] together = new byte[alone.length];
    for (int i = 0; i < count; i++) {
      coder.encode(x, dim + i * dim, lists[2 + i], alone, 1 + i * recordBytes);
    }
    coder.encode(x, dim, count, lists, 2, together, 1);
    assertArrayEquals(alone, together);
  }

  @Test
  void listsAreChecked() {
    float[] mean = new float[4];
    Quantizer quantizer = QuantizationData.quantizer(Metric.EUCLIDEAN, mean);
    FloatMatrix centroids = new FloatMatrix(new float[8], 2, 4);
    VectorCoder coder = new VectorCoder(Encoding.BIT1, quantizer, centroids);
    byte[] records = new byte[2 * Encoding.BIT1.recordBytes(4)];
    assertThrows(
        IndexOutOfBoundsException.class,
        () -> coder.encode(new float[8], 0, 2, new int[] {0, 2}, 0, records, 0));
  }
}
