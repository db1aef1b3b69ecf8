// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.write;

import java.io.IOException;

/**
 * Where entries of posting lists come from: codes just made, or a segment that is merged. Lists are
 * asked for in ascending order, each once. Confined to one thread.
 */
interface EntrySource {

  /**
   * Adds what there is of a list.
   *
   * @param number of this source, for the entries
   * @throws IOException if it cannot be read
   */
  void gather(int list, int number, ListEntries into) throws IOException;

  /**
   * Reads the record of an entry of the list gathered last.
   *
   * @throws IOException if it cannot be read
   */
  void record(int place, byte[] to, int offset) throws IOException;

  /**
   * Returns whether an entry of the list gathered last is the second of its vector.
   *
   * @throws IOException if that cannot be read
   */
  boolean isSecond(int place) throws IOException;

  /** Starts again with the first list. */
  void rewind();
}
