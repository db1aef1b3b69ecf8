// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.search;

import io.github.luceneivf.probe.ProbePlan;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.FieldExistsQuery;
import org.apache.lucene.search.FilteredDocIdSetIterator;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.search.MatchNoDocsQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.Scorer;
import org.apache.lucene.search.Weight;
import org.apache.lucene.util.BitSet;
import org.apache.lucene.util.BitSetIterator;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.FixedBitSet;
import org.apache.lucene.util.LiveDocs;
import org.jspecify.annotations.Nullable;

/**
 * The leaves of an index with a vector field, and the documents of them that a filter accepts: what
 * every query that searches all leaves together has in common. Not thread-safe but for {@link
 * #acceptDocs}; one per search.
 */
final class PlannedLeaves {

  /** Documents for each match from which on sets of matches are sparse, as in Lucene. */
  private static final int SPARSE = 128;

  private final IndexSearcher searcher;
  private final String field;
  private final @Nullable Weight filter;

  /** Searches one leaf for the vector of a query. */
  @FunctionalInterface
  interface LeafSearch {
    /** Hands what a leaf holds to a collector, or lets the leaf join it. */
    void search(LeafReader leaf, KnnCollector collector, AcceptDocs acceptDocs) throws IOException;
  }

  private PlannedLeaves(IndexSearcher searcher, String field, @Nullable Weight filter) {
    this.searcher = searcher;
    this.field = field;
    this.filter = filter;
  }

  /**
   * Prepares a filter.
   *
   * @param filter null for all documents
   * @return null if no document with a vector is accepted
   */
  static @Nullable PlannedLeaves of(IndexSearcher searcher, String field, @Nullable Query filter)
      throws IOException {
    if (filter == null) {
      return new PlannedLeaves(searcher, field, null);
    }
    Query accepted = accepted(searcher, field, filter);
    return accepted.getClass() == MatchNoDocsQuery.class
        ? null
        : new PlannedLeaves(
            searcher, field, searcher.createWeight(accepted, ScoreMode.COMPLETE_NO_SCORES, 1));
  }

  /** The filter, and that there is a vector, in simplest terms. */
  private static Query accepted(IndexSearcher searcher, String field, Query filter)
      throws IOException {
    Query simplest = searcher.rewrite(filter);
    if (simplest.getClass() == MatchNoDocsQuery.class) {
      return simplest;
    }
    return searcher.rewrite(
        new BooleanQuery.Builder()
            .add(simplest, BooleanClause.Occur.FILTER)
            .add(new FieldExistsQuery(field), BooleanClause.Occur.FILTER)
            .build());
  }

  /** Returns the prepared filter; null if there is none. */
  @Nullable Weight filter() {
    return filter;
  }

  /**
   * Asks the leaves to join a plan.
   *
   * @param encoding of the query's vector
   * @return the leaves that did not and are to be searched by themselves
   */
  List<LeafReaderContext> join(ProbePlan plan, VectorEncoding encoding, LeafSearch search)
      throws IOException {
    List<LeafReaderContext> others = new ArrayList<>(0);
    for (LeafReaderContext context : searcher.getIndexReader().leaves()) {
      int before = plan.leaves();
      FieldInfo info = context.reader().getFieldInfos().fieldInfo(field);
      if (info != null && info.getVectorDimension() > 0 && info.getVectorEncoding() == encoding) {
        plan.startLeaf(context.docBase);
        search.search(context.reader(), plan, acceptDocs(context));
      }
      if (plan.leaves() == before) {
        others.add(context);
      }
    }
    return others;
  }

  /** Returns the documents of a leaf that are accepted. */
  AcceptDocs acceptDocs(LeafReaderContext context) throws IOException {
    Bits liveDocs = context.reader().getLiveDocs();
    int maxDoc = context.reader().maxDoc();
    if (filter == null) {
      return AcceptDocs.fromLiveDocs(liveDocs, maxDoc);
    }
    return liveDocs == null
        ? AcceptDocs.fromIteratorSupplier(() -> matches(filter, context), null, maxDoc)
        : AcceptDocs.fromLiveDocs(live(matches(filter, context), liveDocs, maxDoc), maxDoc);
  }

  /** Returns the matches that are not deleted, word by word; Lucene asks of each by itself. */
  private static BitSet live(DocIdSetIterator matches, Bits liveDocs, int maxDoc)
      throws IOException {
    if (matches.cost() < maxDoc / SPARSE) {
      return BitSet.of(new Live(matches, liveDocs), maxDoc);
    }
    FixedBitSet live = new FixedBitSet(maxDoc);
    live.or(matches);
    if (liveDocs instanceof LiveDocs known) {
      FixedBitSet dense = BitSetIterator.getFixedBitSetOrNull(known.liveDocsIterator());
      if (dense == null) {
        live.andNot(known.deletedDocsIterator());
      } else {
        live.and(dense);
      }
    } else {
      liveDocs.applyMask(live, 0);
    }
    return live;
  }

  private static DocIdSetIterator matches(Weight filter, LeafReaderContext context)
      throws IOException {
    Scorer scorer = filter.scorer(context);
    return scorer == null ? DocIdSetIterator.empty() : scorer.iterator();
  }

  /** Few matches, but for those that are deleted. */
  private static final class Live extends FilteredDocIdSetIterator {
    private final Bits liveDocs;

    Live(DocIdSetIterator matches, Bits liveDocs) {
      super(matches);
      this.liveDocs = liveDocs;
    }

    @Override
    protected boolean match(int doc) {
      return liveDocs.get(doc);
    }
  }
}
