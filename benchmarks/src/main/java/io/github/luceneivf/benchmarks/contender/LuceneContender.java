// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.contender;

import io.github.luceneivf.benchmarks.report.Family;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.util.Version;
import org.jspecify.annotations.Nullable;

/** A contender that is a vectors format of Lucene and a query for it. */
public abstract class LuceneContender implements Contender {

  /** Name of the vector field. */
  protected static final String FIELD = "vector";

  private final String name;
  private final Family family;

  /** Makes a contender of a name. */
  protected LuceneContender(String name, Family family) {
    this.name = name;
    this.family = family;
  }

  /** Returns the format that writes an index. */
  protected abstract KnnVectorsFormat format(String index);

  /**
   * Returns the query of a setting.
   *
   * @param k documents wanted
   * @param filter documents allowed; null for all
   */
  protected abstract Query query(float[] vector, int k, Setting setting, @Nullable Query filter);

  /**
   * Returns the part of a query that visits vectors, if it is one that Lucene can be asked about.
   */
  protected @Nullable KnnFloatVectorQuery visiting(float[] vector, int k, Setting setting) {
    return query(vector, k, setting, null) instanceof KnnFloatVectorQuery knn ? knn : null;
  }

  @Override
  public final String name() {
    return name;
  }

  @Override
  public final Family family() {
    return family;
  }

  @Override
  public String fingerprint() throws IOException {
    return "lucene-" + Version.LATEST;
  }

  @Override
  public final BuildCost build(String index, PreparedVectors vectors, Layout layout, Path folder)
      throws IOException {
    return new LuceneBuild(format(index), vectors, layout).into(folder);
  }

  /** A format that learns nothing is rebuilt as it was built. */
  @Override
  public Rebuild learn(String index, PreparedVectors vectors, Path scratch) throws IOException {
    return new Rebuild(format(index), vectors, BuildPhase.NONE);
  }

  @Override
  public final void delete(Path folder) throws IOException {
    LuceneBuild.delete(folder);
  }

  @Override
  public final OpenIndex open(String index, Path folder) throws IOException {
    return OpenLuceneIndex.open(this, folder);
  }
}
