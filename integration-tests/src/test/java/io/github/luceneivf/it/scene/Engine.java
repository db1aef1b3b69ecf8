// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it.scene;

import io.github.luceneivf.codec.IvfVectorsFormat;
import io.github.luceneivf.codec.config.IvfParams;
import io.github.luceneivf.it.VectorIndex;
import io.github.luceneivf.search.IvfKnnFloatVectorQuery;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.KnnVectorsWriter;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.index.SegmentReadState;
import org.apache.lucene.index.SegmentWriteState;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.Query;
import org.jspecify.annotations.Nullable;

/** Who searches. */
enum Engine {
  /** This project's query on its format. */
  OURS("ivf"),
  /** Lucene's query on this project's format. */
  STOCK("ivf, stock"),
  /** Lucene's query on Lucene's default format, for comparison. */
  HNSW("hnsw");

  private final String label;

  Engine(String label) {
    this.label = label;
  }

  /**
   * Returns those that are measured: {@code -Divf.engines}, by default all with {@code -Divf.full},
   * and without HNSW where time is short.
   */
  static List<Engine> measured() {
    String names = Scene.FULL ? "OURS,STOCK,HNSW" : "OURS,STOCK";
    return Arrays.stream(System.getProperty("ivf.engines", names).split(",", -1))
        .map(Engine::valueOf)
        .toList();
  }

  /** Returns whether recall is required of it. */
  boolean isOurs() {
    return this != HNSW;
  }

  Codec codec(IvfParams params) {
    return VectorIndex.codec(isOurs() ? new IvfVectorsFormat(params) : new WideHnsw());
  }

  Query nearest(float[] target, int k, @Nullable Query filter) {
    return this == OURS
        ? new IvfKnnFloatVectorQuery(SceneIndex.FIELD, target, k, filter)
        : new KnnFloatVectorQuery(SceneIndex.FIELD, target, k, filter);
  }

  @Override
  public String toString() {
    return label;
  }

  /** Lucene's default format, for as many dimensions as this project's. */
  private static final class WideHnsw extends KnnVectorsFormat {
    private final KnnVectorsFormat hnsw;

    WideHnsw() {
      KnnVectorsFormat format = new Lucene99HnswVectorsFormat();
      super(format.getName());
      hnsw = format;
    }

    @Override
    public KnnVectorsWriter fieldsWriter(SegmentWriteState state) throws IOException {
      return hnsw.fieldsWriter(state);
    }

    @Override
    public KnnVectorsReader fieldsReader(SegmentReadState state) throws IOException {
      return hnsw.fieldsReader(state);
    }

    @Override
    public int getMaxDimensions(String field) {
      return new IvfVectorsFormat().getMaxDimensions(field);
    }
  }
}
