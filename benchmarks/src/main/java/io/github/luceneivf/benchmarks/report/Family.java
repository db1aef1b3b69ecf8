// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.report;

/** Whose index a contender is; decides its hue in the charts. */
public enum Family {
  /** This project. */
  OURS("lucene-ivf"),
  /** Lucene's graphs. */
  HNSW("Lucene HNSW"),
  /** Elasticsearch's inverted file. */
  DISKBBQ("Elasticsearch DiskBBQ"),
  /** The library FAISS. */
  FAISS("FAISS"),
  /** A scan of all vectors. */
  EXACT("Exact scan");

  private final String title;

  Family(String title) {
    this.title = title;
  }

  /** Returns the name that readers see. */
  public String title() {
    return title;
  }

  /** Returns whether this is somebody else's: what ours is compared with. */
  public boolean isPeer() {
    return this != OURS;
  }
}
