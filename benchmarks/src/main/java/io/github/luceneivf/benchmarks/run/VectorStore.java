// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.luceneivf.benchmarks.contender.PreparedVectors;
import io.github.luceneivf.benchmarks.contender.Similarity;
import io.github.luceneivf.benchmarks.data.DataSet;
import io.github.luceneivf.benchmarks.data.VectorRows;
import io.github.luceneivf.benchmarks.filter.Tagging;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes data sets as {@link PreparedVectors}, once. */
public final class VectorStore {

  private VectorStore() {}

  /** Returns the folder of a data set's vectors, written if it is not there. */
  public static Path prepare(DataSet set, Path work) throws IOException {
    Path folder = work.resolve("vectors").resolve(set.name());
    Path facts = folder.resolve(PreparedVectors.FACTS);
    Files.createDirectories(folder);
    if (!Files.exists(facts)) {
      VectorRows base = set.base();
      write(base, folder.resolve(PreparedVectors.BASE));
      Files.write(folder.resolve(PreparedVectors.TAGS), Tagging.of(base));
    }
    // Their number may change from run to run.
    write(queries(set), folder.resolve(PreparedVectors.QUERIES));
    if (!Files.exists(facts)) {
      new ObjectMapper()
          .writeValue(
              facts.toFile(),
              new PreparedVectors.Facts(set.name(), set.dim(), set.base().size(), similarity(set)));
    }
    return folder;
  }

  private static Similarity similarity(DataSet set) {
    return switch (set.metric()) {
      case EUCLIDEAN -> Similarity.EUCLIDEAN;
      case COSINE -> Similarity.UNIT_DOT_PRODUCT;
      case INNER_PRODUCT -> Similarity.INNER_PRODUCT;
    };
  }

  private static VectorRows queries(DataSet set) {
    return new VectorRows() {
      @Override
      public int size() {
        return set.queries().rows();
      }

      @Override
      public int dim() {
        return set.dim();
      }

      @Override
      public void read(int row, float[] into, int at) {
        System.arraycopy(set.queries().values(), row * dim(), into, at, dim());
      }
    };
  }

  private static void write(VectorRows rows, Path file) throws IOException {
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 20)) {
      ByteBuffer bytes =
          ByteBuffer.allocate(rows.dim() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      for (int row = 0; row < rows.size(); row++) {
        bytes.asFloatBuffer().put(rows.row(row));
        out.write(bytes.array());
      }
    }
  }
}
