// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it.crash;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.jspecify.annotations.Nullable;

/**
 * An endless sequence of changes to an index, the same in every process that has the seed: after so
 * many of them everybody knows which documents there are, and the bits of their vectors. Not
 * thread-safe.
 */
final class IndexScript {

  static final String VECTOR = "vector";
  static final String ID = "id";

  /** The change that wrote a document. */
  static final String CHANGE = "change";

  private static final int DIM = 24;
  private static final int CLUSTERS = 40;

  /** Documents from which on as many go as come. */
  private static final int FULL = 4_000;

  private final long seed;
  private final List<Integer> ids = new ArrayList<>();
  private final Map<Integer, Integer> changes = new HashMap<>();
  private int done;

  IndexScript(long seed) {
    this.seed = seed;
  }

  /** Returns the number of changes made. */
  int done() {
    return done;
  }

  /** Returns the documents there are: of each id the change that wrote it. Shared. */
  Map<Integer, Integer> changes() {
    return changes;
  }

  /** Makes changes, without an index, until so many are done. */
  IndexScript replay(int count) throws IOException {
    while (done < count) {
      next(null);
    }
    return this;
  }

  /** Makes the next change. */
  void apply(IndexWriter writer) throws IOException {
    next(writer);
  }

  private void next(@Nullable IndexWriter writer) throws IOException {
    int change = done++;
    SplittableRandom random = random(change);
    int kind = random.nextInt(100);
    boolean full = ids.size() >= FULL;
    if (ids.isEmpty() || kind < (full ? 40 : 75)) {
      ids.add(change);
      write(writer, change, change);
    } else {
      int at = random.nextInt(ids.size());
      int id = ids.get(at);
      if (kind >= 85 || full) {
        ids.set(at, ids.getLast());
        ids.removeLast();
        changes.remove(id);
        if (writer != null) {
          writer.deleteDocuments(term(id));
        }
      } else {
        write(writer, id, change);
      }
    }
  }

  private void write(@Nullable IndexWriter writer, int id, int change) throws IOException {
    changes.put(id, change);
    if (writer != null) {
      Document document = new Document();
      document.add(new StringField(ID, Integer.toString(id), Field.Store.NO));
      document.add(new NumericDocValuesField(ID, id));
      document.add(new NumericDocValuesField(CHANGE, change));
      document.add(
          new KnnFloatVectorField(VECTOR, vector(change), VectorSimilarityFunction.EUCLIDEAN));
      writer.updateDocument(term(id), document);
    }
  }

  private static Term term(int id) {
    return new Term(ID, Integer.toString(id));
  }

  /** Returns the vector that a change wrote. */
  float[] vector(int change) {
    SplittableRandom random = random(-1 - change);
    SplittableRandom centre = random(Integer.MIN_VALUE + random.nextInt(CLUSTERS));
    float[] vector = new float[DIM];
    for (int d = 0; d < DIM; d++) {
      vector[d] = (float) (centre.nextGaussian() + 0.5 * random.nextGaussian());
    }
    return vector;
  }

  private SplittableRandom random(int stream) {
    return new SplittableRandom(
        new SplittableRandom(seed + stream * 0x9E3779B97F4A7C15L).nextLong());
  }
}
