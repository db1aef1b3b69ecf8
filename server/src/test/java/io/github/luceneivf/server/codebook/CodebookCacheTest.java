// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.codebook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.clustering.VectorSpace;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.quantization.SubCodebooks;
import io.github.luceneivf.server.config.Limits;
import io.github.luceneivf.server.config.MemoryBudget;
import io.github.luceneivf.server.config.Storage;
import io.github.luceneivf.server.storage.RecordFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CodebookCacheTest {

  private static final int DIM = 64;
  private static final int SUB_BYTES = 256 * DIM * Float.BYTES;

  private static Codebook codebook(int seed) {
    return new Codebook(
        new Codebook.Content(
            new VectorSpace(Metric.EUCLIDEAN, 0),
            new FloatMatrix(new float[DIM], 1, DIM),
            new float[1],
            new float[DIM],
            seed,
            Optional.of(new SubCodebooks(256, 8, new float[256 * DIM]))),
        new Codebook.Lineage(1, Optional.empty(), 1));
  }

  @Test
  void subCodebooksAreWeighedInBothTheirForms(@TempDir Path directory) throws Exception {
    long weight = codebook(0).memoryBytes();
    assertTrue(weight >= 2 * SUB_BYTES, "weight: " + weight);
    CodebookStore published =
        CodebookStore.open(directory, Storage.DEFAULT, Limits.defaults(), RecordFile::write);
    CodebookCache cache = new CodebookCache(3 * weight, published, new MemoryBudget(1 << 20));
    List<Codebook> codebooks = IntStream.range(0, 10).mapToObj(i -> codebook(i)).toList();
    codebooks.forEach(cache::put);
    assertEquals(3, codebooks.stream().filter(book -> cache.get(book.id()).isPresent()).count());
  }
}
