// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import org.apache.lucene.search.Query;
import org.jspecify.annotations.Nullable;

/**
 * Lucene's queries for all vectors above a similarity. From 10.5.2 on they are {@code Adaptive}
 * classes within the class of the same name, which is abstract since; before, they are the class
 * itself. No source compiles with both, so tests find out when they run.
 */
public final class StockRangeQuery {

  private static final String ADAPTIVE = "$Adaptive";

  private StockRangeQuery() {}

  /**
   * Returns a {@code FloatVectorSimilarityQuery}.
   *
   * @param least score of the farthest hits
   * @param filter null for all documents
   */
  public static Query of(String field, float[] target, float least, @Nullable Query filter) {
    return create(
        "org.apache.lucene.search.FloatVectorSimilarityQuery",
        new Class<?>[] {String.class, float[].class, float.class, Query.class},
        new Object[] {field, target, least, filter});
  }

  /** Returns a {@code ByteVectorSimilarityQuery}. */
  public static Query of(String field, byte[] target, float least, @Nullable Query filter) {
    return create(
        "org.apache.lucene.search.ByteVectorSimilarityQuery",
        new Class<?>[] {String.class, byte[].class, float.class, Query.class},
        new Object[] {field, target, least, filter});
  }

  /**
   * Returns a {@code FloatVectorSimilarityQuery} that keeps on looking.
   *
   * @param decay in [0, 1]: how slowly what lies outside counts as too far
   */
  public static Query of(
      String field, float[] target, float least, float decay, @Nullable Query filter) {
    return create(
        "org.apache.lucene.search.FloatVectorSimilarityQuery",
        new Class<?>[] {String.class, float[].class, float.class, float.class, Query.class},
        new Object[] {field, target, least, decay, filter});
  }

  private static Query create(String name, Class<?>[] types, @Nullable Object[] values) {
    try {
      Constructor<?> constructor = loaded(name).getConstructor(types);
      return (Query) constructor.newInstance(values);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof RuntimeException refused) {
        throw refused;
      }
      throw new AssertionError(e);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(name + " is not as in Lucene 10.5.1, nor as in 10.6.0", e);
    }
  }

  private static Class<?> loaded(String name) throws ClassNotFoundException {
    try {
      return Class.forName(name + ADAPTIVE);
    } catch (ClassNotFoundException e) {
      return Class.forName(name);
    }
  }
}
