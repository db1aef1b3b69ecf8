// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.contender;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.search.ConstantScoreScorerSupplier;
import org.apache.lucene.search.ConstantScoreWeight;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.QueryVisitor;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.ScorerSupplier;
import org.apache.lucene.search.Weight;
import org.apache.lucene.util.BitSetIterator;
import org.apache.lucene.util.FixedBitSet;
import org.jspecify.annotations.Nullable;

/**
 * Matches rows of a set, in an index whose document numbers are row numbers. What it gives is an
 * iterator as of a term's postings, not the set: who wants a set has to collect it, unless a query
 * cache has. Immutable.
 */
public final class RowsQuery extends Query {

  private final FixedBitSet[] bySegment;
  private final long[] costs;

  /**
   * Creates a query.
   *
   * @param rows accepted, of the whole index
   */
  public RowsQuery(FixedBitSet rows, List<LeafReaderContext> segments) {
    this.bySegment = new FixedBitSet[segments.size()];
    this.costs = new long[bySegment.length];
    for (LeafReaderContext segment : segments) {
      int size = segment.reader().maxDoc();
      FixedBitSet own = new FixedBitSet(size);
      for (int doc = 0; doc < size; doc++) {
        if (rows.get(segment.docBase + doc)) {
          own.set(doc);
        }
      }
      bySegment[segment.ord] = own;
      costs[segment.ord] = own.cardinality();
    }
  }

  @Override
  public Weight createWeight(IndexSearcher searcher, ScoreMode mode, float boost) {
    return new ConstantScoreWeight(this, boost) {
      @Override
      public @Nullable ScorerSupplier scorerSupplier(LeafReaderContext segment) {
        if (costs[segment.ord] == 0) {
          return null;
        }
        DocIdSetIterator rows = new Rows(bySegment[segment.ord], costs[segment.ord]);
        return ConstantScoreScorerSupplier.fromIterator(
            rows, score(), mode, segment.reader().maxDoc());
      }

      @Override
      public boolean isCacheable(LeafReaderContext segment) {
        return true;
      }
    };
  }

  @Override
  public void visit(QueryVisitor visitor) {
    visitor.visitLeaf(this);
  }

  @Override
  public String toString(String field) {
    return "rows" + Arrays.toString(costs);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof RowsQuery query && query.bySegment == bySegment;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(bySegment);
  }

  /** Hides that it is backed by a set. */
  private static final class Rows extends DocIdSetIterator {

    private final BitSetIterator rows;

    Rows(FixedBitSet set, long cost) {
      this.rows = new BitSetIterator(set, cost);
    }

    @Override
    public int docID() {
      return rows.docID();
    }

    @Override
    public int nextDoc() {
      return rows.nextDoc();
    }

    @Override
    public int advance(int target) {
      return rows.advance(target);
    }

    @Override
    public void intoBitSet(int upTo, FixedBitSet bits, int offset) throws IOException {
      rows.intoBitSet(upTo, bits, offset);
    }

    @Override
    public long cost() {
      return rows.cost();
    }
  }
}
