// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.contender;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.MMapDirectory;

/** Makes the same directory for every contender that is a Lucene index. */
final class Directories {

  private Directories() {}

  /**
   * Opens a mapped directory whose files get the read advice that their format asks for. Lucene's
   * own default reads ahead everywhere, and one cold query of a graph then reads most of the file.
   */
  static Directory open(Path folder) throws IOException {
    MMapDirectory directory = new MMapDirectory(folder);
    directory.setReadAdvice(MMapDirectory.ADVISE_BY_CONTEXT);
    return directory;
  }
}
