// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.run;

import io.github.luceneivf.benchmarks.contender.Contender;
import io.github.luceneivf.benchmarks.contender.OpenIndex;
import io.github.luceneivf.benchmarks.contender.PreparedVectors;
import io.github.luceneivf.benchmarks.contender.Rebuild;
import io.github.luceneivf.benchmarks.contender.RowFilter;
import io.github.luceneivf.benchmarks.contender.Setting;
import io.github.luceneivf.benchmarks.data.Recall;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.lucene.util.IOUtils;
import org.jspecify.annotations.Nullable;

/** What a worker has before it: its contender, the vectors, open indexes. Not thread-safe. */
final class WorkerState implements Closeable {

  private final Contender contender;
  private final PreparedVectors vectors;
  private final Map<String, OpenIndex> open = new HashMap<>();
  private final Map<String, Path> folders = new HashMap<>();
  private final Map<String, Rebuild> rebuilds = new HashMap<>();

  WorkerState(Contender contender, PreparedVectors vectors) {
    this.contender = contender;
    this.vectors = vectors;
  }

  Contender contender() {
    return contender;
  }

  PreparedVectors vectors() {
    return vectors;
  }

  /**
   * Returns a rebuild of an index, which is learnt for once.
   *
   * @param beside a folder beside which there is room
   */
  Rebuild rebuild(String index, Path beside) throws IOException {
    Rebuild rebuild = rebuilds.get(index);
    if (rebuild == null) {
      Path scratch = Files.createTempDirectory(beside.toAbsolutePath().getParent(), "learn");
      try {
        rebuild = contender.learn(index, vectors, scratch);
      } finally {
        IOUtils.rm(scratch);
      }
      rebuilds.put(index, rebuild);
    }
    return rebuild;
  }

  void open(String index, Path folder) throws IOException {
    close(index);
    folders.put(index, folder);
    open.put(index, contender.open(index, folder));
  }

  private void close(String index) throws IOException {
    OpenIndex before = open.remove(index);
    if (before != null) {
      before.close();
    }
  }

  /** Opens an index again, none of whose pages are in memory. */
  void reopenCold(String index) throws IOException {
    Path folder = folders.get(index);
    if (folder == null) {
      throw new IllegalStateException(
          "index must be one of " + folders.keySet() + ", got: " + index);
    }
    // Pages that are mapped stay in memory.
    close(index);
    PageCache.drop(folder);
    open(index, folder);
  }

  /**
   * Returns the search of a setting in the index it names.
   *
   * @throws IllegalStateException if that index is not open
   */
  OpenIndex.Search search(Setting setting, @Nullable RowFilter filter) throws IOException {
    OpenIndex index = open.get(setting.index());
    if (index == null) {
      throw new IllegalStateException(
          "index must be one of " + open.keySet() + ", got: " + setting.index());
    }
    return index.search(setting, Recall.K, filter);
  }

  /** Returns the numbers of the queries of a half, ascending. */
  int[] numbers(Half half) {
    return half.of(vectors.queries().rows()).toArray();
  }

  /** Returns copies of the queries of a half, [queries][dim]. */
  float[][] queries(Half half) {
    return half.of(vectors.queries().rows())
        .mapToObj(query -> vectors.queries().row(query))
        .toArray(float[][]::new);
  }

  @Override
  public void close() throws IOException {
    IOUtils.close(open.values());
    open.clear();
  }
}
