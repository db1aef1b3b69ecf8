// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.contender;

import io.github.luceneivf.benchmarks.report.Family;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * FAISS's IVF-Flat: lists of vectors as they are, in memory. No filters, no deletes, one piece; it
 * is here for its speed.
 */
final class FaissContender implements Contender {

  private static final String NPROBE = "nprobe";
  private static final String FILE = "vectors.faiss";
  private static final String ONE_SEGMENT = "FAISS takes part in one segment only";

  @Override
  public String name() {
    return "faiss-ivfflat";
  }

  @Override
  public Family family() {
    return Family.FAISS;
  }

  @Override
  public Optional<String> obstacle() {
    return FaissLibrary.obstacle();
  }

  @Override
  public String fingerprint() {
    return "system";
  }

  @Override
  public List<String> indexes() {
    return List.of("");
  }

  @Override
  public List<Ladder> ladders(int rows) {
    return List.of(
        Ladder.of(Ladder.counts(1, 400, 1.2), nprobe -> defaults().with(NPROBE, nprobe)));
  }

  @Override
  public Setting defaults() {
    return Setting.defaults("");
  }

  @Override
  public boolean supports(Layout layout) {
    return layout == Layout.FLUSHED;
  }

  @Override
  public boolean filters() {
    return false;
  }

  @Override
  public BuildCost build(String index, PreparedVectors vectors, Layout layout, Path folder)
      throws IOException {
    FaissLibrary faiss = FaissLibrary.load();
    int nlist = (int) Math.max(1, Math.sqrt(vectors.base().rows()) * 1.5);
    boolean innerProduct = vectors.facts().similarity() != Similarity.EUCLIDEAN;
    try (BuildMeter meter = BuildMeter.start()) {
      faiss.build(vectors.base(), nlist, innerProduct, folder.resolve(FILE));
      return new BuildCost(meter.phase(), BuildPhase.NONE, BuildMeter.fileBytes(folder));
    }
  }

  @Override
  public Rebuild learn(String index, PreparedVectors vectors, Path scratch) {
    throw new UnsupportedOperationException(ONE_SEGMENT);
  }

  @Override
  public void delete(Path folder) {
    throw new UnsupportedOperationException(ONE_SEGMENT);
  }

  @Override
  public OpenIndex open(String index, Path folder) throws IOException {
    FaissLibrary faiss = FaissLibrary.load();
    return new Opened(faiss, faiss.open(folder.resolve(FILE)));
  }

  private record Opened(FaissLibrary faiss, MemorySegment index) implements OpenIndex {

    @Override
    public Search search(Setting setting, int k, @Nullable RowFilter filter) {
      int nprobe = setting.has(NPROBE) ? setting.count(NPROBE) : 1;
      return query -> {
        try (Arena arena = Arena.ofConfined()) {
          MemorySegment ids = arena.allocate(ValueLayout.JAVA_LONG, k);
          MemorySegment scores = arena.allocate(ValueLayout.JAVA_FLOAT, k);
          MemorySegment vector = arena.allocateFrom(ValueLayout.JAVA_FLOAT, query);
          faiss.search(index, vector, nprobe, ids, scores);
          long[] found = ids.toArray(ValueLayout.JAVA_LONG);
          return Arrays.stream(found).filter(id -> id >= 0).mapToInt(Math::toIntExact).toArray();
        }
      };
    }

    @Override
    public void close() {
      faiss.close(index);
    }
  }
}
