// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.recall;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.store.FilterDirectory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.store.Lock;
import org.apache.lucene.store.NoLockFactory;

/**
 * A directory of which nothing can be changed, whoever tries; no lock is taken, so that an index
 * that somebody writes can be read. Thread-safe; whoever opened it closes it.
 */
final class ReadOnlyDirectory extends FilterDirectory {

  private ReadOnlyDirectory(Directory in) {
    super(in);
  }

  /**
   * Opens a folder that exists: Lucene would make one.
   *
   * @throws IOException if it is not there
   */
  static ReadOnlyDirectory open(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new RecallException("index must be the folder of a Lucene index, got: " + folder);
    }
    return new ReadOnlyDirectory(FSDirectory.open(folder, NoLockFactory.INSTANCE));
  }

  private static UnsupportedOperationException refused() {
    return new UnsupportedOperationException("index is only read");
  }

  @Override
  public void deleteFile(String name) {
    throw refused();
  }

  @Override
  public IndexOutput createOutput(String name, IOContext context) {
    throw refused();
  }

  @Override
  public IndexOutput createTempOutput(String prefix, String suffix, IOContext context) {
    throw refused();
  }

  @Override
  public void sync(Collection<String> names) {
    throw refused();
  }

  @Override
  public void syncMetaData() {
    throw refused();
  }

  @Override
  public void rename(String source, String dest) {
    throw refused();
  }

  @Override
  public Lock obtainLock(String name) {
    throw refused();
  }
}
