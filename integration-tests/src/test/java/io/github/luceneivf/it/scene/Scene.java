// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it.scene;

/**
 * One row of a table: what is indexed, how, what is asked, and what is required.
 *
 * @param data documents and queries
 * @param layout of the index
 * @param question asked with every query
 * @param required recall
 */
record Scene(SceneData data, Layout layout, Question question, Required required) {

  /** Whether scenes are large and many, and not those for every build: {@code -Divf.full=true}. */
  static final boolean FULL = Boolean.getBoolean("ivf.full");

  /** A scene of which the usual is required. */
  Scene(SceneData data, Layout layout, Question question) {
    this(data, layout, question, Required.USUAL);
  }

  /**
   * The recall that is required.
   *
   * @param least mean over the queries
   * @param most mean over the queries, unless less work than was done is not possible
   * @param worst of any query
   */
  record Required(double least, double most, double worst) {

    /** The default target; single queries may fail. */
    static final Required USUAL = atLeast(0.95);

    /** The default target, and that no query fails. */
    static final Required EVERY_QUERY = new Required(0.95, 1, 0.5);

    static final String MISSED = "MISSED";

    static Required atLeast(double mean) {
      return new Required(mean, 1, 0);
    }

    /** Returns in a word whether figures are as required; {@link #MISSED} if they are not. */
    String verdict(Figures figures) {
      if (figures.mean() < least || figures.worst() < worst) {
        return MISSED;
      }
      if (figures.mean() <= most) {
        return "met";
      }
      if (figures.lists() == 0) {
        return "exact";
      }
      return figures.lists() < 1.05 ? "one list" : MISSED;
    }

    @Override
    public String toString() {
      String mean = most < 1 ? "%.2f to %.2f".formatted(least, most) : "%.2f".formatted(least);
      return "mean " + mean + (worst > 0 ? ", worst %.2f".formatted(worst) : "");
    }
  }
}
