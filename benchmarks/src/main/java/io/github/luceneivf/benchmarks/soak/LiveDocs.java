// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.soak;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** What the index must hold: a row of the data for each id. Confined to the writing thread. */
final class LiveDocs {

  private final Map<Integer, Integer> places = new HashMap<>();
  private final List<int[]> docs = new ArrayList<>();
  private int nextId;

  int size() {
    return docs.size();
  }

  /** Adds a document and returns its id. */
  int add(int row) {
    int id = nextId++;
    places.put(id, docs.size());
    docs.add(new int[] {id, row});
    return id;
  }

  /** Returns the id of some document. */
  int pick(Random random) {
    return docs.get(random.nextInt(docs.size()))[0];
  }

  /** Gives a document another row. */
  void update(int id, int row) {
    docs.get(place(id))[1] = row;
  }

  /** Removes a document. */
  void delete(int id) {
    int place = place(id);
    int[] last = docs.removeLast();
    places.remove(id);
    if (place < docs.size()) {
      docs.set(place, last);
      places.put(last[0], place);
    }
  }

  /** Removes all. */
  void clear() {
    docs.clear();
    places.clear();
  }

  /** Returns the row of a document, or -1 if there is none of that id. */
  int row(int id) {
    Integer place = places.get(id);
    return place == null ? -1 : docs.get(place)[1];
  }

  /** Returns the rows of all documents; a row may be there more than once. */
  int[] rows() {
    return docs.stream().mapToInt(doc -> doc[1]).toArray();
  }

  private int place(int id) {
    Integer place = places.get(id);
    if (place == null) {
      throw new IllegalArgumentException("id must be of a document, got: " + id);
    }
    return place;
  }
}
