// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.demo;

import io.github.luceneivf.codec.file.FieldMeta;
import io.github.luceneivf.codec.file.ListsMeta;
import io.github.luceneivf.codec.read.IvfVectorsReader;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.perfield.PerFieldKnnVectorsFormat;
import org.apache.lucene.index.CodecReader;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.TopKnnCollector;
import org.apache.lucene.search.knn.KnnSearchStrategy;

/**
 * What the segments of an index say of their posting lists.
 *
 * @param segments all segments
 * @param exact of these, scanned exactly
 * @param nlist lists of the segment with the most
 * @param nprobe lists that a query with default settings probes there
 */
record SegmentFacts(int segments, int exact, int nlist, int nprobe) {

  /**
   * Reads the facts of the vector field.
   *
   * @param asked lists that queries ask for, if they do
   */
  static SegmentFacts of(DirectoryReader reader, OptionalInt asked) {
    int exact = 0;
    int nlist = 0;
    int nprobe = 0;
    for (LeafReaderContext leaf : reader.leaves()) {
      Optional<IvfVectorsReader> vectors = vectors(leaf);
      int lists =
          vectors
              .flatMap(v -> v.meta(VectorIndex.VECTOR))
              .flatMap(FieldMeta::lists)
              .map(ListsMeta::nlist)
              .orElse(0);
      if (lists == 0) {
        exact++;
      } else if (lists > nlist) {
        nlist = lists;
        int usual = vectors.orElseThrow().defaultNprobe(VectorIndex.VECTOR, Measurements.K);
        nprobe = Math.min(nlist, asked.orElse(usual));
      }
    }
    return new SegmentFacts(reader.leaves().size(), exact, nlist, nprobe);
  }

  private static Optional<IvfVectorsReader> vectors(LeafReaderContext leaf) {
    KnnVectorsReader vectors = ((CodecReader) leaf.reader()).getVectorReader();
    if (vectors instanceof PerFieldKnnVectorsFormat.FieldsReader fields) {
      vectors = fields.getFieldReader(VectorIndex.VECTOR);
    }
    return vectors instanceof IvfVectorsReader ivf ? Optional.of(ivf) : Optional.empty();
  }

  /**
   * Returns the mean share of vectors whose code or value was looked at by a search.
   *
   * @param queries [queries][dim]
   */
  static double scannedShare(DirectoryReader reader, float[][] queries, KnnSearchStrategy strategy)
      throws IOException {
    long visited = 0;
    for (float[] query : queries) {
      for (LeafReaderContext leaf : reader.leaves()) {
        AcceptDocs live =
            AcceptDocs.fromLiveDocs(leaf.reader().getLiveDocs(), leaf.reader().maxDoc());
        TopKnnCollector collector =
            new TopKnnCollector(Measurements.K, Integer.MAX_VALUE, strategy);
        leaf.reader().searchNearestVectors(VectorIndex.VECTOR, query, collector, live);
        visited += collector.visitedCount();
      }
    }
    return (double) visited / Math.max(1L, (long) queries.length * reader.numDocs());
  }
}
