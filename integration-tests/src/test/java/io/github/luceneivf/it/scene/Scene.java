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
   * The least recall.
   *
   * @param mean over the queries
   * @param worst of any query
   */
  record Required(double mean, double worst) {

    /** The default target; single queries may fail. */
    static final Required USUAL = new Required(0.95, 0);

    /** The default target, and that no query fails. */
    static final Required EVERY_QUERY = new Required(0.95, 0.5);

    boolean isMet(Figures figures) {
      return figures.mean() >= mean && figures.worst() >= worst;
    }

    @Override
    public String toString() {
      return "mean %.2f".formatted(mean) + (worst > 0 ? ", worst %.2f".formatted(worst) : "");
    }
  }
}
