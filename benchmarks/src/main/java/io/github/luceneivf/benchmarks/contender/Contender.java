// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.contender;

import io.github.luceneivf.benchmarks.report.Family;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** An index that competes. Thread-safe: has no state but its parameters. */
public interface Contender {

  /** Returns the name in tables and on the command line. */
  String name();

  /** Returns whose it is. */
  Family family();

  /**
   * Returns what an index on disk depends on, beside the vectors: an index of another fingerprint
   * is built anew.
   */
  String fingerprint() throws IOException;

  /** Returns the names of its indexes; they differ in how they are built. */
  List<String> indexes();

  /**
   * Returns the settings worth trying.
   *
   * @param rows vectors in the index
   */
  List<Ladder> ladders(int rows);

  /** Returns the setting of users who set nothing. */
  Setting defaults();

  /** Returns why it cannot compete on this machine; empty if it can. */
  default Optional<String> obstacle() {
    return Optional.empty();
  }

  /** Returns whether it can lay rows out so; where it cannot, it is left out of the scenario. */
  default boolean supports(Layout layout) {
    return true;
  }

  /** Returns whether its queries can have a filter. */
  default boolean filters() {
    return true;
  }

  /**
   * Builds an index.
   *
   * @param index one of {@link #indexes}
   * @param folder exists and is empty
   */
  BuildCost build(String index, PreparedVectors vectors, Layout layout, Path folder)
      throws IOException;

  /**
   * Learns what an index can know of its rows before they are flushed.
   *
   * @param index one of {@link #indexes}
   * @param scratch exists and is empty, to work in; what is left there is of no use
   */
  Rebuild learn(String index, PreparedVectors vectors, Path scratch) throws IOException;

  /** Deletes the rows tagged {@link Tag#DELETED} from an index, and leaves it otherwise alone. */
  void delete(Path folder) throws IOException;

  /** Opens an index that {@link #build} made; the caller closes it. */
  OpenIndex open(String index, Path folder) throws IOException;
}
