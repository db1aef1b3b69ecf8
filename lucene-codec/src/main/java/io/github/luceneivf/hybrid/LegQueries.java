// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.hybrid;

import io.github.luceneivf.probe.QueryVectors;
import io.github.luceneivf.search.IvfKnnByteVectorQuery;
import io.github.luceneivf.search.IvfKnnFloatVectorQuery;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.KnnByteVectorQuery;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.QueryVisitor;
import org.jspecify.annotations.Nullable;

/** The ways in which a Lucene query takes a window and a filter. */
final class LegQueries {

  private LegQueries() {}

  static LegQuery wrap(Query query) {
    if (query instanceof IvfKnnFloatVectorQuery knn) {
      return new NearestOfIndex(knn);
    }
    if (query instanceof IvfKnnByteVectorQuery knn) {
      return new NearestBytesOfIndex(knn);
    }
    // A foreign subclass may do more than its class and strategy say.
    if (query.getClass() == KnnFloatVectorQuery.class) {
      return new NearestFloats((KnnFloatVectorQuery) query);
    }
    if (query.getClass() == KnnByteVectorQuery.class) {
      return new NearestBytes((KnnByteVectorQuery) query);
    }
    return new Scored(query);
  }

  /** A query that searches all segments together, rebuilt as such. */
  record NearestOfIndex(IvfKnnFloatVectorQuery knn) implements LegQuery {
    @Override
    public Query build(int window, @Nullable Query filter) {
      return new IvfKnnFloatVectorQuery(
          knn.getField(),
          knn.getTargetCopy(),
          window,
          both(knn.getFilter(), filter),
          knn.getSearchStrategy());
    }
  }

  /** A query of bytes that searches all segments together, rebuilt as such. */
  record NearestBytesOfIndex(IvfKnnByteVectorQuery knn) implements LegQuery {
    @Override
    public Query build(int window, @Nullable Query filter) {
      return new IvfKnnByteVectorQuery(
          knn.getField(),
          knn.getTargetCopy(),
          window,
          both(knn.getFilter(), filter),
          knn.getSearchStrategy());
    }
  }

  /** A float vector query, rebuilt with the window as k and the filter before the search. */
  record NearestFloats(KnnFloatVectorQuery knn) implements LegQuery {
    @Override
    public Query build(int window, @Nullable Query filter) {
      return new KnnFloatVectorQuery(
          knn.getField(),
          knn.getTargetCopy(),
          window,
          both(knn.getFilter(), filter),
          knn.getSearchStrategy());
    }
  }

  /** A byte vector query, rebuilt likewise. */
  record NearestBytes(KnnByteVectorQuery knn) implements LegQuery {
    @Override
    public Query build(int window, @Nullable Query filter) {
      return new KnnByteVectorQuery(
          knn.getField(),
          knn.getTargetCopy(),
          window,
          both(knn.getFilter(), filter),
          knn.getSearchStrategy());
    }
  }

  /** A query whose hits do not depend on each other, so that a clause may filter them. */
  record Scored(Query query) implements LegQuery {
    @Override
    public Query build(int window, @Nullable Query filter) {
      if (filter == null) {
        return query;
      }
      query.visit(new NearestNeighbourFinder());
      return new BooleanQuery.Builder()
          .add(query, BooleanClause.Occur.MUST)
          .add(filter, BooleanClause.Occur.FILTER)
          .build();
    }
  }

  /**
   * Checks the vectors of all nearest-neighbour queries in a tree of queries against the index.
   *
   * @throws IllegalArgumentException if one cannot be compared by its field's similarity
   */
  static void checkVectors(Query query, IndexReader reader) {
    query.visit(
        new QueryVisitor() {
          @Override
          public void visitLeaf(Query leaf) {
            if (leaf instanceof KnnFloatVectorQuery knn) {
              QueryVectors.check(reader, knn.getField(), knn.getTargetCopy());
            } else if (leaf instanceof KnnByteVectorQuery knn) {
              QueryVectors.check(reader, knn.getField(), knn.getTargetCopy());
            }
          }
        });
  }

  private static @Nullable Query both(@Nullable Query own, @Nullable Query global) {
    if (own == null || global == null) {
      return own == null ? global : own;
    }
    return new BooleanQuery.Builder()
        .add(own, BooleanClause.Occur.FILTER)
        .add(global, BooleanClause.Occur.FILTER)
        .build();
  }

  /** Throws at the first nearest-neighbour query in a tree of queries. */
  private static final class NearestNeighbourFinder extends QueryVisitor {
    @Override
    public void visitLeaf(Query leaf) {
      // Lucene's seeded and patient queries show the query that they wrap.
      if (leaf instanceof KnnFloatVectorQuery || leaf instanceof KnnByteVectorQuery) {
        throw new IllegalArgumentException(
            "filter must be applied before a nearest-neighbour search,"
                + " implement LegQuery for a leg with a nested one, got: "
                + leaf.getClass().getSimpleName());
      }
    }
  }
}
