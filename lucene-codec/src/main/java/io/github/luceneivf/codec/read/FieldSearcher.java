package io.github.luceneivf.codec.read;

import io.github.luceneivf.codec.file.FieldMeta;
import io.github.luceneivf.codec.file.LoadedCodebook;
import io.github.luceneivf.codec.file.PostingLists;
import io.github.luceneivf.quantization.QueryCode;
import java.io.IOException;
import org.apache.lucene.codecs.hnsw.FlatVectorsReader;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.store.AlreadyClosedException;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.hnsw.RandomVectorScorer;
import org.jspecify.annotations.Nullable;

/**
 * Searches one field of a segment: the query pipeline. Scores handed to the collector are exact,
 * whatever the encoding, so that sums, thresholds and merges across segments are consistent.
 * Thread-safe.
 */
final class FieldSearcher {

  /** With this many accepted documents or fewer, exact scoring is cheaper than probing. */
  private static final int FEW_MATCHES = 2_000;

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
   */
  record Lists(LoadedCodebook codebook, PostingLists postings, FieldMeta.Lists meta, int vectors) {}

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
    if (collector.k() == 0) {
      return;
    }
    RandomVectorScorer scorer = raw.getRandomVectorScorer(field, target);
    Bits acceptOrds = scorer.getAcceptOrds(acceptDocs.bits());
    if (lists == null) {
      FlatScan.scanAll(scorer, acceptOrds, collector);
      return;
    }
    if (acceptOrds != null && acceptDocs.cost() <= Math.max(10L * collector.k(), FEW_MATCHES)) {
      FloatVectorValues values = raw.getFloatVectorValues(field);
      FlatScan.scanMatches(scorer, values, acceptDocs, collector);
      return;
    }
    ProbeSettings settings = ProbeSettings.of(collector, lists);
    if (settings.depth() >= lists.vectors() / 2) {
      FlatScan.scanAll(scorer, acceptOrds, collector);
      return;
    }
    float[] mapped = target.clone();
    lists.codebook().codebook().space().mapQuery(mapped);
    QueryCode query = new QueryCode(lists.codebook().codebook().quantizer(), mapped);
    boolean countsAll = collector.visitLimit() < Integer.MAX_VALUE;
    ListScanner scanner =
        new ListScanner(lists.postings(), lists.vectors(), query, acceptOrds, countsAll);
    Reranker reranker = new Reranker(scorer, scanner, collector);
    try {
      new Probing(lists, query, scanner, reranker, collector, settings).run();
    } catch (IllegalStateException e) {
      if (lists.postings().isOpen()) {
        throw e;
      }
      throw new AlreadyClosedException("posting lists of field=\"" + field + "\" are closed", e);
    }
  }
}
