// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.read;

import io.github.luceneivf.codec.file.ListsMeta;
import io.github.luceneivf.codec.file.LoadedCodebook;
import io.github.luceneivf.codec.file.PostingLists;
import io.github.luceneivf.probe.ProbePlan;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
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
  private final @Nullable Lists lists;

  /**
   * The posting lists of the field.
   *
   * @param codebook their centroids
   * @param postings the lists
   * @param meta what is stored about them
   * @param vectors vectors in all of them
   * @param joint these and those of segments searched together with them, as long as they are the
   *     first
   */
  record Lists(
      LoadedCodebook codebook,
      PostingLists postings,
      ListsMeta meta,
      int vectors,
      AtomicReference<@Nullable JointLists> joint) {

    Lists(LoadedCodebook codebook, PostingLists postings, ListsMeta meta, int vectors) {
      this(codebook, postings, meta, vectors, new AtomicReference<>());
    }
  }

  FieldSearcher(String field, FlatVectorsReader raw, @Nullable Lists lists) {
    this.field = field;
    this.raw = raw;
    this.lists = lists;
  }

  @Nullable Lists lists() {
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
      plan.join(new SearchedLeaf(field, raw, lists, target, acceptDocs, plan.docBase()));
    } else if (collector.k() > 0) {
      SearchedLeaf alone = new SearchedLeaf(field, raw, lists, target, acceptDocs, 0);
      new IndexSearch(target, collector).run(List.of(alone));
    }
  }
}
