package io.github.luceneivf.search;

import io.github.luceneivf.kernel.Kernels;
import io.github.luceneivf.probe.IvfSearchStrategy;
import java.util.Objects;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.Query;
import org.jspecify.annotations.Nullable;

/**
 * The {@code k} documents nearest to a float vector, with control over the lists probed and the
 * candidates reranked. Behaves as Lucene's {@link KnnFloatVectorQuery} in everything else: the
 * filter is applied before the search, scores are exact, and it can be a clause of any other query.
 *
 * <p>On a field of another vectors format the strategy is ignored. Queries with different
 * strategies are not equal, so that a cache keeps them apart. Immutable.
 */
public final class IvfKnnFloatVectorQuery extends KnnFloatVectorQuery {

  private final IvfSearchStrategy strategy;

  /**
   * Searches all documents, with the setting that each segment's calibration proposes.
   *
   * @param field name of a float vector field
   * @param vector [dim of the field], copied
   * @param k documents wanted
   * @throws IllegalArgumentException if {@code field} or {@code vector} is null or empty, a value
   *     of {@code vector} is not finite, or {@code k} is less than 1
   */
  public IvfKnnFloatVectorQuery(String field, float[] vector, int k) {
    this(field, vector, k, null);
  }

  /**
   * Searches the documents that match a filter, with the setting that each segment's calibration
   * proposes.
   *
   * @param field name of a float vector field
   * @param vector [dim of the field], copied
   * @param k documents wanted
   * @param filter applied before the search; null for all documents
   * @throws IllegalArgumentException as {@link #IvfKnnFloatVectorQuery(String, float[], int)}
   */
  public IvfKnnFloatVectorQuery(String field, float[] vector, int k, @Nullable Query filter) {
    this(field, vector, k, filter, IvfSearchStrategy.CALIBRATED);
  }

  /**
   * Searches the documents that match a filter, with a setting of the caller's.
   *
   * @param field name of a float vector field
   * @param vector [dim of the field], copied
   * @param k documents wanted
   * @param filter applied before the search; null for all documents
   * @param strategy lists to probe and candidates to rerank
   * @throws IllegalArgumentException if {@code strategy} is null, and as {@link
   *     #IvfKnnFloatVectorQuery(String, float[], int)}
   */
  public IvfKnnFloatVectorQuery(
      String field, float[] vector, int k, @Nullable Query filter, IvfSearchStrategy strategy) {
    checkField(field);
    if (k < 1) {
      throw new IllegalArgumentException(
          "field=\"" + field + "\": k must be at least 1, got: " + k);
    }
    if (strategy == null) {
      throw new IllegalArgumentException(
          "field=\"" + field + "\": strategy must not be null, use CALIBRATED for the default");
    }
    super(field, checkedCopy(field, vector), k, filter, strategy);
    this.strategy = strategy;
  }

  private static void checkField(@Nullable String field) {
    if (field == null || field.isEmpty()) {
      throw new IllegalArgumentException(
          "field must be the name of a vector field, got: " + (field == null ? "null" : "\"\""));
    }
  }

  private static float[] checkedCopy(String field, float @Nullable [] vector) {
    if (vector == null || vector.length == 0) {
      throw new IllegalArgumentException(
          "field=\""
              + field
              + "\": vector must have at least 1 dimension, got: "
              + (vector == null ? "null" : "0"));
    }
    float[] copy = vector.clone();
    boolean finite = Kernels.get().maxAbs(copy, copy.length) <= Float.MAX_VALUE;
    for (int i = 0; !finite && i < copy.length; i++) {
      if (!Float.isFinite(copy[i])) {
        throw new IllegalArgumentException(
            "field=\"" + field + "\": vector[" + i + "] must be finite, got: " + copy[i]);
      }
    }
    return copy;
  }

  @Override
  public IvfSearchStrategy getSearchStrategy() {
    return strategy;
  }

  @Override
  public boolean equals(Object other) {
    return super.equals(other) && strategy.equals(((IvfKnnFloatVectorQuery) other).strategy);
  }

  @Override
  public int hashCode() {
    return 31 * super.hashCode() + Objects.hashCode(strategy);
  }

  /** Returns field, first value of the vector, k, the filter if there is one, and the strategy. */
  @Override
  public String toString(String field) {
    return super.toString(field) + "[" + strategy + "]";
  }
}
