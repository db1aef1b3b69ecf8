// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.file;

import io.github.luceneivf.clustering.Metric;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.index.VectorSimilarityFunction;

/** Lucene's similarity functions as metrics. */
public final class LuceneMetric {

  private LuceneMetric() {}

  /**
   * Returns the metric by which the vectors of a field are clustered and coded. Bytes have no unit
   * length: their {@code DOT_PRODUCT} is an inner product of vectors of any length.
   */
  public static Metric of(FieldInfo field) {
    VectorSimilarityFunction function = field.getVectorSimilarityFunction();
    return field.getVectorEncoding() == VectorEncoding.BYTE
            && function == VectorSimilarityFunction.DOT_PRODUCT
        ? Metric.INNER_PRODUCT
        : of(function);
  }

  /**
   * Returns the metric by which vectors of floats of a similarity function are clustered and coded.
   * Those of {@code DOT_PRODUCT} are of unit length, so their inner product orders them as the
   * cosine does.
   */
  public static Metric of(VectorSimilarityFunction function) {
    return switch (function) {
      case EUCLIDEAN -> Metric.EUCLIDEAN;
      case DOT_PRODUCT, COSINE -> Metric.COSINE;
      case MAXIMUM_INNER_PRODUCT -> Metric.INNER_PRODUCT;
    };
  }
}
