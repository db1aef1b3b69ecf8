// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.contender;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.lucene.codecs.KnnVectorsFormat;

/**
 * Builds an index again and again, with all that can be learnt from its rows at hand: for an
 * inverted file, its codebook. Not thread-safe.
 *
 * @param format what writes it
 * @param vectors its rows
 * @param learning the merge in which it learnt; all 0 if there is nothing to learn
 */
public record Rebuild(KnnVectorsFormat format, PreparedVectors vectors, BuildPhase learning) {

  /**
   * Builds the index.
   *
   * @param folder exists and is empty
   */
  public BuildCost into(Layout layout, Path folder) throws IOException {
    return new LuceneBuild(format, vectors, layout).into(folder);
  }
}
