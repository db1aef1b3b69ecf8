// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.recall;

import java.util.Objects;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.search.ConstantScoreScorer;
import org.apache.lucene.search.ConstantScoreWeight;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.QueryVisitor;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.Scorer;
import org.apache.lucene.search.ScorerSupplier;
import org.apache.lucene.search.Weight;

/**
 * Every document but one, as the filter of the query that was taken from it: the search then wants
 * its k as for any other query, and its own vector is no answer. Immutable.
 */
final class ExceptDocument extends Query {

  private final int left;

  /** Leaves out a document of the index. */
  ExceptDocument(int left) {
    this.left = left;
  }

  @Override
  public Weight createWeight(IndexSearcher searcher, ScoreMode scoreMode, float boost) {
    return new ConstantScoreWeight(this, boost) {
      @Override
      public ScorerSupplier scorerSupplier(LeafReaderContext context) {
        int maxDoc = context.reader().maxDoc();
        int without = left - context.docBase;
        return new ScorerSupplier() {
          @Override
          public Scorer get(long leadCost) {
            return new ConstantScoreScorer(score(), scoreMode, new Docs(maxDoc, without));
          }

          @Override
          public long cost() {
            return maxDoc;
          }
        };
      }

      @Override
      public boolean isCacheable(LeafReaderContext context) {
        return false;
      }
    };
  }

  /** Documents [0, maxDoc) but one. */
  private static final class Docs extends DocIdSetIterator {
    private final int maxDoc;
    private final int without;
    private int doc = -1;

    Docs(int maxDoc, int without) {
      this.maxDoc = maxDoc;
      this.without = without;
    }

    @Override
    public int docID() {
      return doc;
    }

    @Override
    public int nextDoc() {
      return advance(doc + 1);
    }

    @Override
    public int advance(int target) {
      int next = target == without ? target + 1 : target;
      doc = next >= maxDoc ? NO_MORE_DOCS : next;
      return doc;
    }

    @Override
    public long cost() {
      return maxDoc;
    }
  }

  @Override
  public void visit(QueryVisitor visitor) {
    visitor.visitLeaf(this);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ExceptDocument that && left == that.left;
  }

  @Override
  public int hashCode() {
    return Objects.hash(ExceptDocument.class, left);
  }

  @Override
  public String toString(String field) {
    return "ExceptDocument(" + left + ")";
  }
}
