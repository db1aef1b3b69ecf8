// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.read;

import io.github.luceneivf.probe.ProbePlan;
import java.io.IOException;
import org.apache.lucene.codecs.hnsw.FlatVectorsReader;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.util.hnsw.RandomVectorScorer;
import org.jspecify.annotations.Nullable;

/**
 * Searches one field of a segment, by itself or together with the same field of other segments.
 * Scores handed to the collector are exact, whatever the encoding, so that sums, thresholds and
 * merges across segments are consistent. Thread-safe.
 */
final class FieldSearcher {

  private final String field;
  private final FlatVectorsReader raw;
  private final @Nullable SegmentLists lists;

  FieldSearcher(String field, FlatVectorsReader raw, @Nullable SegmentLists lists) {
    this.field = field;
    this.raw = raw;
    this.lists = lists;
  }

  String field() {
    return field;
  }

  /** Returns the vectors as they were added. */
  FlatVectorsReader raw() {
    return raw;
  }

  /** Returns the posting lists; null if the segment has none. */
  @Nullable SegmentLists lists() {
    return lists;
  }

  void search(byte[] target, KnnCollector collector, AcceptDocs acceptDocs) throws IOException {
    RandomVectorScorer scorer = raw.getRandomVectorScorer(field, target);
    if (collector.k() > 0) {
      FlatScan.scanAll(scorer, scorer.getAcceptOrds(acceptDocs.bits()), collector);
    }
  }

  void search(float[] target, KnnCollector collector, AcceptDocs acceptDocs) throws IOException {
    if (collector instanceof ProbePlan plan) {
      IndexSearch all = plan.join(IndexSearch.class, () -> new IndexSearch(target));
      all.add(this, acceptDocs, plan.docBase());
    } else if (collector.k() > 0) {
      IndexSearch alone = new IndexSearch(target);
      alone.add(this, acceptDocs, 0);
      alone.run(collector);
    }
  }
}
