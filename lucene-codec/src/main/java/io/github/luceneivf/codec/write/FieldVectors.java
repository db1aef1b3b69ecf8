// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.write;

import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.codec.file.LuceneMetric;
import org.apache.lucene.index.FieldInfo;

/**
 * The vectors of a field of a segment.
 *
 * @param info the field
 * @param metric its metric
 * @param source its vectors, in the order of their ordinals on disk
 */
record FieldVectors(FieldInfo info, Metric metric, RandomVectors source) {

  FieldVectors(FieldInfo info, RandomVectors source) {
    this(info, LuceneMetric.of(info), source);
  }

  String field() {
    return info.name;
  }

  int size() {
    return source.size();
  }

  int dim() {
    return source.dim();
  }
}
