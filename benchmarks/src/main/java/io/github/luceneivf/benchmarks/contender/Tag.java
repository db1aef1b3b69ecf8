// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.contender;

/** A property of some rows, indexed as a term; filters ask for it. */
public enum Tag {
  /** One row of a thousand, at random. */
  RANDOM_PER_MILLE(0.001),
  /** One row of a hundred, at random. */
  RANDOM_1(0.01),
  /** One row of ten, at random. */
  RANDOM_10(0.1),
  /** Every second row, at random. */
  RANDOM_50(0.5),
  /**
   * The tenth of all rows that is nearest to one of them: filter and vector depend on each other.
   */
  CORRELATED_10(0.1),
  /** The fifth of all rows that an index {@link Layout#WITH_DELETES} has deleted. */
  DELETED(0.2);

  private final double share;

  Tag(double share) {
    this.share = share;
  }

  /** Returns the share of all rows that have this tag, in (0, 1). */
  public double share() {
    return share;
  }

  /** Returns whether a row has this tag. */
  @SuppressWarnings("EnumOrdinal") // bits of files that live as long as this version
  public boolean isIn(byte tags) {
    return (tags >>> ordinal() & 1) != 0;
  }

  /** Returns the tags of a row with this one. */
  @SuppressWarnings("EnumOrdinal") // as above
  public byte addTo(byte tags) {
    return (byte) (tags | 1 << ordinal());
  }

  /** Returns the term in the index. */
  String term() {
    return name();
  }
}
