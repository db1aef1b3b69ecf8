// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.quantization;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.luceneivf.clustering.Metric;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** Lists in files are what they are: another version must neither write nor read others. */
class GoldenRecordsTest {

  @Test
  void theSameVectorsGiveTheSameListForEver() {
    int dim = 70;
    Random random = new Random(77);
    float[] mean = QuantizationData.gaussian(random, 1, dim, 1);
    float[] centroid = QuantizationData.gaussian(random, 1, dim, 1);
    float[] vectors = QuantizationData.gaussian(random, 100, dim, 1);
    Quantizer plain = QuantizationData.quantizer(Metric.EUCLIDEAN, mean);
    Map<String, String> found = new TreeMap<>();
    for (Encoding encoding : Encoding.all()) {
      Quantizer quantizer = QuantizationData.quantizer(encoding, plain, 1);
      CRC32C crc = new CRC32C();
      crc.update(QuantizationData.list(encoding, quantizer, centroid, vectors));
      found.put(encoding.displayName(), Long.toHexString(crc.getValue()));
    }
    assertEquals(
        "{BIT1=ac091c07, BIT2=68bb2d51, FLOAT32=25fd4331, INT4=dc64fbaf, INT8=29687e84,"
            + " PQ4=a51d4b7a, PQ8=7364edf9}",
        found.toString());
  }
}
