// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it.scene;

import java.util.Arrays;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.apache.lucene.search.FloatVectorSimilarityQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.join.DiversifyingChildrenFloatKnnVectorQuery;
import org.apache.lucene.search.join.QueryBitSetProducer;

/** What is asked of an index, and how an answer is judged. */
interface Question {

  /** Returns what is asked, for the table. */
  String label();

  /** Returns how many hits are collected at most. */
  int hits();

  /** Returns whether an engine can be asked. */
  default boolean suits(Engine engine) {
    return true;
  }

  /** Returns what an engine is asked. */
  Query query(Truth truth, int query, Engine engine);

  /**
   * Returns the share of what is to be found that was found, in [0, 1].
   *
   * @param rows of the hits, distinct
   */
  double recall(Truth truth, int query, int[] rows);

  /**
   * For the nearest documents.
   *
   * @param k documents wanted
   */
  record Nearest(int k) implements Question {
    @Override
    public String label() {
      return "@" + k;
    }

    @Override
    public int hits() {
      return k;
    }

    @Override
    public Query query(Truth truth, int query, Engine engine) {
      return engine.nearest(truth.data().queries()[query], k, null);
    }

    @Override
    public double recall(Truth truth, int query, int[] rows) {
      return truth.recall(query, truth.best(query, k), rows);
    }
  }

  /**
   * For the nearest documents, by this project's query, of an index that aims at some recall.
   *
   * @param k documents wanted
   */
  record Aimed(int k) implements Question {
    @Override
    public String label() {
      return "@" + k;
    }

    @Override
    public int hits() {
      return k;
    }

    @Override
    public boolean suits(Engine engine) {
      return engine == Engine.OURS;
    }

    @Override
    public Query query(Truth truth, int query, Engine engine) {
      return engine.nearest(truth.data().queries()[query], k, null);
    }

    @Override
    public double recall(Truth truth, int query, int[] rows) {
      return truth.recall(query, truth.best(query, k), rows);
    }
  }

  /** Which rows a query may find. */
  interface RowFilter {
    IntPredicate of(SceneData data, int query);
  }

  /**
   * For the nearest documents that a filter accepts.
   *
   * @param k documents wanted
   * @param name of the filter
   * @param filter one for each query
   */
  record Accepted(int k, String name, RowFilter filter) implements Question {
    @Override
    public String label() {
      return "@" + k + " " + name;
    }

    @Override
    public int hits() {
      return k;
    }

    @Override
    public Query query(Truth truth, int query, Engine engine) {
      SceneData data = truth.data();
      IntPredicate accepted = filter.of(data, query);
      int[] rows = IntStream.range(0, data.size()).filter(accepted).toArray();
      return engine.nearest(data.queries()[query], k, SceneIndex.rows(rows));
    }

    @Override
    public double recall(Truth truth, int query, int[] rows) {
      IntPredicate accepted = filter.of(truth.data(), query);
      return truth.recall(query, truth.best(query, k, accepted), rows);
    }
  }

  /**
   * For all documents that are as near as the nearest so many.
   *
   * @param rank documents there are to be found, more where scores are equal
   */
  record Within(int rank) implements Question {
    @Override
    public String label() {
      return "within " + rank;
    }

    @Override
    public int hits() {
      return Integer.MAX_VALUE;
    }

    @Override
    public boolean suits(Engine engine) {
      return engine != Engine.OURS;
    }

    /** Between two documents, so that rounding changes nothing. */
    @Override
    public Query query(Truth truth, int query, Engine engine) {
      float[] best = truth.best(query, rank + 1);
      float threshold = (best[rank - 1] + best[rank]) / 2;
      return new FloatVectorSimilarityQuery(
          SceneIndex.FIELD, truth.data().queries()[query], threshold);
    }

    @Override
    public double recall(Truth truth, int query, int[] rows) {
      return truth.recall(query, truth.best(query, rank), rows);
    }
  }

  /**
   * For the nearest documents, of which only those count that are nearer than a certain one: where
   * that has many copies, equal scores cannot hide that nearer ones were missed.
   *
   * @param k documents wanted
   * @param row of the document that has copies
   */
  record NearerThan(int k, int row) implements Question {
    @Override
    public String label() {
      return "@" + k;
    }

    @Override
    public int hits() {
      return k;
    }

    @Override
    public Query query(Truth truth, int query, Engine engine) {
      return engine.nearest(truth.data().queries()[query], k, null);
    }

    @Override
    public double recall(Truth truth, int query, int[] rows) {
      float copy = truth.data().score(query, row);
      float[] best = truth.best(query, k);
      int nearer = 0;
      while (nearer < best.length && Truth.isBetter(best[nearer], copy)) {
        nearer++;
      }
      return truth.recall(query, Arrays.copyOf(best, nearer), rows);
    }
  }

  /**
   * For the parents of the nearest documents.
   *
   * @param k parents wanted
   * @param children of a parent, which are consecutive rows
   */
  record Parents(int k, int children) implements Question {
    @Override
    public String label() {
      return "@" + k;
    }

    @Override
    public int hits() {
      return k;
    }

    @Override
    public boolean suits(Engine engine) {
      return engine != Engine.OURS;
    }

    @Override
    public Query query(Truth truth, int query, Engine engine) {
      return new DiversifyingChildrenFloatKnnVectorQuery(
          SceneIndex.FIELD,
          truth.data().queries()[query],
          null,
          k,
          new QueryBitSetProducer(SceneIndex.PARENTS));
    }

    /** A hit is the best child of its parent; it must be as good as that of the k-th parent. */
    @Override
    public double recall(Truth truth, int query, int[] rows) {
      SceneData data = truth.data();
      double[] best =
          IntStream.range(0, data.size() / children)
              .mapToDouble(
                  parent ->
                      IntStream.range(parent * children, (parent + 1) * children)
                          .mapToDouble(row -> data.score(query, row))
                          .max()
                          .orElseThrow())
              .sorted()
              .toArray();
      float[] nearest = new float[Math.min(k, best.length)];
      for (int rank = 0; rank < nearest.length; rank++) {
        nearest[rank] = (float) best[best.length - 1 - rank];
      }
      return truth.recall(query, nearest, rows);
    }
  }
}
