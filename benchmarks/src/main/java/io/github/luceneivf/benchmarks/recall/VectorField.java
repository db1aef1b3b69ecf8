// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.recall;

import io.github.luceneivf.codec.IvfVectorsFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.lucene.codecs.perfield.PerFieldKnnVectorsFormat;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.IndexNotFoundException;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.SegmentReader;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.store.Directory;

/**
 * A field of float vectors in an open index. Thread-safe.
 *
 * @param reader the index, as of its latest commit; closed by whoever opened it
 * @param name name of the field
 * @param dim dimension
 * @param similarity how vectors are compared
 * @param segments those with vectors of the field
 */
record VectorField(
    DirectoryReader reader,
    String name,
    int dim,
    VectorSimilarityFunction similarity,
    List<Segment> segments) {

  /**
   * A segment with vectors of the field.
   *
   * @param leaf its reader
   * @param format name of its vectors format
   * @param vectors its vectors, deleted ones too
   */
  record Segment(LeafReaderContext leaf, String format, int vectors) {
    /** Returns whether it is of the format of this project. */
    boolean isOurs() {
      return format.equals(IvfVectorsFormat.NAME);
    }
  }

  VectorField {
    segments = List.copyOf(segments);
  }

  /**
   * Opens the latest commit.
   *
   * @throws RecallException if there is no index, or one of a codec that is not known here
   */
  static DirectoryReader open(Directory directory, Path folder) throws IOException {
    try {
      return DirectoryReader.open(directory);
    } catch (IndexNotFoundException e) {
      throw new RecallException("index must be the folder of a Lucene index, got: " + folder, e);
    } catch (IllegalArgumentException e) {
      // Lucene looks codecs and formats up by the names that the index tells of them.
      throw new RecallException(
          "index must be of codecs and formats that are known here, give the jars of others with"
              + " --class-path: "
              + e.getMessage(),
          e);
    }
  }

  /**
   * Finds a field.
   *
   * @throws RecallException if it has no float vectors; names those that have
   */
  static VectorField of(DirectoryReader reader, String name) throws IOException {
    List<Segment> segments = new ArrayList<>();
    Map<String, String> others = new TreeMap<>();
    FieldInfo found = null;
    for (LeafReaderContext leaf : reader.leaves()) {
      for (FieldInfo info : leaf.reader().getFieldInfos()) {
        if (info.getVectorDimension() == 0) {
          continue;
        }
        others.put(info.name, info.getVectorEncoding() + " of " + info.getVectorDimension());
        if (info.name.equals(name) && info.getVectorEncoding() == VectorEncoding.FLOAT32) {
          FloatVectorValues values = leaf.reader().getFloatVectorValues(name);
          if (values != null && values.size() > 0) {
            found = info;
            segments.add(new Segment(leaf, format(leaf.reader(), info), values.size()));
          }
        }
      }
    }
    if (found == null) {
      throw new RecallException(
          "field must be one of float vectors, there are "
              + (others.isEmpty() ? "none" : others)
              + ", got: "
              + name);
    }
    return new VectorField(
        reader, name, found.getVectorDimension(), found.getVectorSimilarityFunction(), segments);
  }

  private static String format(LeafReader reader, FieldInfo info) {
    String perField = info.getAttribute(PerFieldKnnVectorsFormat.PER_FIELD_FORMAT_KEY);
    if (perField != null) {
      return perField;
    }
    return reader instanceof SegmentReader segment
        ? segment.getSegmentInfo().info.getCodec().knnVectorsFormat().getName()
        : "unknown";
  }

  /** Returns the number of vectors, deleted ones too. */
  long vectors() {
    return segments.stream().mapToLong(Segment::vectors).sum();
  }

  /** Returns the formats in use, in alphabetical order. */
  List<String> formats() {
    TreeSet<String> names = new TreeSet<>();
    segments.forEach(segment -> names.add(segment.format));
    return List.copyOf(names);
  }
}
