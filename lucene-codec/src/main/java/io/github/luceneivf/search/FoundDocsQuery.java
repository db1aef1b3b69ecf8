// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.search;

import io.github.luceneivf.probe.ProbeReport;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.Explanation;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.QueryVisitor;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.Scorer;
import org.apache.lucene.search.ScorerSupplier;
import org.apache.lucene.search.Weight;
import org.jspecify.annotations.Nullable;

/**
 * Documents that were found already, with their scores: what a nearest-neighbour query becomes once
 * it has searched. Good for the reader it was made from only. Immutable.
 */
final class FoundDocsQuery extends Query {

  private final int[] docs;
  private final float[] scores;
  private final int[] starts;
  private final float best;
  private final String which;
  private final Object reader;
  private final String found;

  /**
   * Keeps the nearest documents.
   *
   * @param found at least one hit, best first; shared, not changed
   */
  FoundDocsQuery(IndexReader reader, NearestHits found) {
    this(
        reader,
        FoundDocs.of(found.topDocs().scoreDocs),
        "top " + found.topDocs().scoreDocs.length + " docs",
        found.report());
  }

  /**
   * Keeps documents.
   *
   * @param docs at least one; shared, not changed
   * @param which documents these are, as an explanation says it
   * @param report what was looked at to find them
   */
  FoundDocsQuery(IndexReader reader, FoundDocs docs, String which, ProbeReport report) {
    this.docs = docs.docs();
    this.scores = docs.scores();
    this.starts = starts(reader.leaves(), this.docs);
    this.best = docs.best();
    this.which = which;
    this.reader = reader.getContext().id();
    this.found = described(report);
  }

  /** What it took, for whoever reads the profile of a query. */
  private static String described(ProbeReport report) {
    return report.lists()
        + " lists probed, "
        + report.vectorsScanned()
        + " vectors scanned, "
        + report.vectorsScored()
        + " scored exactly";
  }

  /** Where the documents of each leaf begin among {@code docs}, and where the last ones end. */
  private static int[] starts(List<LeafReaderContext> leaves, int[] docs) {
    int[] starts = new int[leaves.size() + 1];
    for (int doc : docs) {
      starts[(leaves.size() == 1 ? 0 : ReaderUtil.subIndex(doc, leaves)) + 1]++;
    }
    for (int leaf = 1; leaf < starts.length; leaf++) {
      starts[leaf] += starts[leaf - 1];
    }
    return starts;
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // the identity of a reader
  public Weight createWeight(IndexSearcher searcher, ScoreMode scoreMode, float boost) {
    if (searcher.getIndexReader().getContext().id() != reader) {
      throw new IllegalStateException("the hits were found by another reader than the searcher's");
    }
    return new FoundWeight(boost);
  }

  @Override
  public void visit(QueryVisitor visitor) {
    visitor.visitLeaf(this);
  }

  /** Returns how many hits there are, the best score, and what was looked at to find them. */
  @Override
  public String toString(String field) {
    return "FoundDocsQuery[" + docs.length + " docs, best score " + best + ", " + found + "]";
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // the identity of a reader
  public boolean equals(Object other) {
    return sameClassAs(other)
        && reader == ((FoundDocsQuery) other).reader
        && Arrays.equals(docs, ((FoundDocsQuery) other).docs)
        && Arrays.equals(scores, ((FoundDocsQuery) other).scores);
  }

  @Override
  public int hashCode() {
    return Objects.hash(classHash(), reader, Arrays.hashCode(docs), Arrays.hashCode(scores));
  }

  private final class FoundWeight extends Weight {
    private final float boost;

    FoundWeight(float boost) {
      super(FoundDocsQuery.this);
      this.boost = boost;
    }

    @Override
    public Explanation explain(LeafReaderContext context, int doc) {
      int at = Arrays.binarySearch(docs, context.docBase + doc);
      return at < 0
          ? Explanation.noMatch("not in " + which)
          : Explanation.match(scores[at] * boost, "within " + which);
    }

    @Override
    public int count(LeafReaderContext context) {
      return starts[context.ord + 1] - starts[context.ord];
    }

    @Override
    public @Nullable ScorerSupplier scorerSupplier(LeafReaderContext context) {
      return count(context) == 0
          ? null
          : new DefaultScorerSupplier(new FoundScorer(context, boost));
    }

    @Override
    public boolean isCacheable(LeafReaderContext context) {
      return true;
    }
  }

  /** Walks through the hits of one leaf. */
  private final class FoundScorer extends Scorer {
    private final int docBase;
    private final int from;
    private final int to;
    private final float boost;
    private int at;

    FoundScorer(LeafReaderContext context, float boost) {
      this.docBase = context.docBase;
      this.from = starts[context.ord];
      this.to = starts[context.ord + 1];
      this.boost = boost;
      this.at = from - 1;
    }

    @Override
    public int docID() {
      if (at < from) {
        return -1;
      }
      return at < to ? docs[at] - docBase : DocIdSetIterator.NO_MORE_DOCS;
    }

    @Override
    public float score() {
      return scores[at] * boost;
    }

    @Override
    public float getMaxScore(int upTo) {
      return best * boost;
    }

    @Override
    public DocIdSetIterator iterator() {
      return new DocIdSetIterator() {
        @Override
        public int docID() {
          return FoundScorer.this.docID();
        }

        @Override
        public int nextDoc() {
          at++;
          return docID();
        }

        @Override
        public int advance(int target) {
          long doc = (long) target + docBase;
          int next = Math.min(at + 1, to);
          // Targets are near more often than not.
          if (next < to && docs[next] < doc) {
            int found = Arrays.binarySearch(docs, next, to, (int) Math.min(doc, Integer.MAX_VALUE));
            next = found < 0 ? -found - 1 : found;
          }
          at = next;
          return docID();
        }

        @Override
        public long cost() {
          return (long) to - from;
        }
      };
    }
  }
}
