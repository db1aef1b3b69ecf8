// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.recall;

import io.github.luceneivf.benchmarks.data.Float16File;
import io.github.luceneivf.benchmarks.data.Hdf5File;
import io.github.luceneivf.benchmarks.data.NpyFile;
import io.github.luceneivf.benchmarks.data.VecsFile;
import io.github.luceneivf.benchmarks.data.VectorRows;
import io.github.luceneivf.clustering.FloatMatrix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.util.Bits;

/**
 * What is asked. Immutable by convention: arrays are shared.
 *
 * @param vectors [n × dim], n at least 1
 * @param own [n] the document that a query was taken from, which is left out of its own answer; −1
 *     where it was taken from none
 * @param source where they come from, for people
 */
@SuppressWarnings("ArrayRecordComponent") // carried, never compared
record Queries(FloatMatrix vectors, int[] own, String source) {

  private static final String FORMATS = ".npy, .fvecs, .bvecs, .f16.gz, .hdf5 or .h5";

  /**
   * Draws vectors of documents that are not deleted, each equally likely.
   *
   * @param most queries at most, at least 1
   * @throws RecallException if there are fewer than two documents with vectors
   */
  static Queries sampled(VectorField field, int most, long seed) throws IOException {
    // Algorithm R of Vitter, over the documents that are alive.
    List<Place> drawn = new ArrayList<>();
    Random random = new Random(seed);
    int alive = 0;
    for (VectorField.Segment segment : field.segments()) {
      FloatVectorValues values = values(segment.leaf().reader(), field.name());
      Bits live = segment.leaf().reader().getLiveDocs();
      for (int ord = 0; ord < values.size(); ord++) {
        int doc = values.ordToDoc(ord);
        if (live != null && !live.get(doc)) {
          continue;
        }
        alive++;
        if (drawn.size() < most) {
          drawn.add(new Place(segment, ord, doc));
        } else {
          int at = random.nextInt(alive);
          if (at < most) {
            drawn.set(at, new Place(segment, ord, doc));
          }
        }
      }
    }
    if (alive < 2) {
      throw new RecallException(
          "field " + field.name() + " must have at least 2 vectors to be sampled, got: " + alive);
    }
    float[] rows = new float[drawn.size() * field.dim()];
    int[] own = new int[drawn.size()];
    for (int i = 0; i < own.length; i++) {
      Place place = drawn.get(i);
      float[] vector = values(place.segment.leaf().reader(), field.name()).vectorValue(place.ord);
      System.arraycopy(vector, 0, rows, i * field.dim(), field.dim());
      own[i] = place.segment.leaf().docBase + place.doc;
    }
    return new Queries(
        new FloatMatrix(rows, own.length, field.dim()),
        own,
        own.length + " documents, each left out of its own answer");
  }

  private record Place(VectorField.Segment segment, int ord, int doc) {}

  static FloatVectorValues values(LeafReader reader, String field) throws IOException {
    FloatVectorValues values = reader.getFloatVectorValues(field);
    if (values == null) {
      throw new RecallException("field " + field + " has no vectors in " + reader);
    }
    return values;
  }

  /**
   * Reads queries from a file.
   *
   * @param most queries at most, those that are drawn by the seed
   * @throws RecallException if it is not there, of no known format or of another dimension, or a
   *     value is not finite
   */
  static Queries read(Path file, VectorField field, int most, long seed) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new RecallException("queries must be a file, got: " + file);
    }
    VectorRows rows = open(file, field.dim());
    if (rows.dim() != field.dim()) {
      throw new RecallException(
          "queries must have the "
              + field.dim()
              + " dimensions of field "
              + field.name()
              + ", got: "
              + rows.dim()
              + " in "
              + file);
    }
    if (rows.size() == 0) {
      throw new RecallException("queries must be at least 1, got: 0 in " + file);
    }
    FloatMatrix vectors = drawn(rows, most, seed);
    for (int i = 0; i < vectors.values().length; i++) {
      if (!Float.isFinite(vectors.values()[i])) {
        throw new RecallException(
            "queries must be finite, got: " + vectors.values()[i] + " in " + file);
      }
    }
    requireLength(field, vectors, file);
    int[] none = new int[vectors.rows()];
    Arrays.fill(none, -1);
    return new Queries(vectors, none, vectors.rows() + " queries of " + file.getFileName());
  }

  /** A vector of length 0 has no cosine. */
  private static void requireLength(VectorField field, FloatMatrix vectors, Path file)
      throws RecallException {
    if (field.similarity() != VectorSimilarityFunction.COSINE) {
      return;
    }
    for (int row = 0; row < vectors.rows(); row++) {
      boolean zero = true;
      for (float value : vectors.row(row)) {
        zero &= value == 0;
      }
      if (zero) {
        throw new RecallException("queries must not be zero for COSINE, got: one in " + file);
      }
    }
  }

  private static FloatMatrix drawn(VectorRows rows, int most, long seed) {
    int wanted = Math.min(most, rows.size());
    int dim = rows.dim();
    float[] values = new float[wanted * dim];
    Random random = new Random(seed);
    int taken = 0;
    for (int row = 0; row < rows.size() && taken < wanted; row++) {
      // Knuth, The Art of Computer Programming 2, section 3.4.2, algorithm S.
      if (random.nextInt(rows.size() - row) < wanted - taken) {
        rows.read(row, values, taken++ * dim);
      }
    }
    return new FloatMatrix(values, wanted, dim);
  }

  private static VectorRows open(Path file, int dim) throws IOException {
    String name = String.valueOf(file.getFileName());
    if (name.endsWith(".npy")) {
      return NpyFile.open(file);
    }
    if (name.endsWith(".fvecs")) {
      return VecsFile.fvecs(file);
    }
    if (name.endsWith(".bvecs")) {
      return VecsFile.bvecs(file);
    }
    if (name.endsWith(".f16.gz")) {
      return Float16File.read(file, dim);
    }
    if (name.endsWith(".hdf5") || name.endsWith(".h5")) {
      return VectorRows.of(Hdf5File.open(file).queries());
    }
    throw new RecallException("queries must end in " + FORMATS + ", got: " + file);
  }
}
