// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.contender;

import io.github.luceneivf.benchmarks.report.Family;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * FAISS: its graph, and its lists of vectors as they are or of codes that are scanned by tables in
 * registers and reranked exactly, in memory. No filters, no deletes, one piece; it is here for its
 * speed.
 */
final class FaissContender implements Contender {

  private static final String FILE = "vectors.faiss";
  private static final String ONE_SEGMENT = "FAISS takes part in one segment only";

  private static final String NPROBE = "nprobe";
  private static final String EF_SEARCH = "efSearch";
  private static final String K_FACTOR = "k_factor_rf";

  private static final String GRAPH = "HNSW32";
  private static final String FLAT = "IVF-Flat";
  private static final String PRODUCT = "IVF-PQ4fs";
  private static final String RABITQ = "IVF-RaBitQfs";

  /** As Lucene's graph of the best recall is built here. */
  private static final String CONSTRUCTION = "efConstruction=200";

  /** Candidates reranked for each hit. */
  private static final double[] FACTORS = {3, 10, 30};

  /** Dimensions that share one of the 4-bit codes. */
  private static final int[] DIMENSIONS_PER_CODE = {2, 3, 1};

  @Override
  public String name() {
    return "faiss";
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
    return FaissWheel.VERSION;
  }

  @Override
  public List<String> indexes() {
    return List.of(GRAPH, FLAT, PRODUCT, RABITQ);
  }

  @Override
  public List<Ladder> ladders(int rows) {
    double[] probes = Ladder.counts(1, 400, 1.2);
    List<Ladder> ladders = new ArrayList<>();
    ladders.add(
        Ladder.of(Ladder.counts(10, 800, 1.2), ef -> Setting.defaults(GRAPH).with(EF_SEARCH, ef)));
    ladders.add(Ladder.of(probes, nprobe -> Setting.defaults(FLAT).with(NPROBE, nprobe)));
    for (String coded : List.of(PRODUCT, RABITQ)) {
      for (double factor : FACTORS) {
        ladders.add(
            Ladder.of(
                probes,
                nprobe -> Setting.defaults(coded).with(K_FACTOR, factor).with(NPROBE, nprobe)));
      }
    }
    return ladders;
  }

  @Override
  public Setting defaults() {
    return Setting.defaults(GRAPH);
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
    boolean innerProduct = vectors.facts().similarity() != Similarity.EUCLIDEAN;
    String description = description(index, vectors.base().rows(), vectors.base().dim());
    String parameters = index.equals(GRAPH) ? CONSTRUCTION : "";
    try (BuildMeter meter = BuildMeter.start()) {
      faiss.build(description, parameters, vectors.base(), innerProduct, folder.resolve(FILE));
      return new BuildCost(meter.phase(), BuildPhase.NONE, BuildMeter.fileBytes(folder));
    }
  }

  /** What FAISS's factory calls an index, with about as many lists as ours has. */
  private static String description(String index, int rows, int dim) {
    int nlist = (int) Math.max(1, Math.sqrt(rows) * 1.5);
    return switch (index) {
      case GRAPH -> GRAPH;
      case FLAT -> "IVF%d,Flat".formatted(nlist);
      case PRODUCT -> "IVF%d,PQ%dx4fs,RFlat".formatted(nlist, codes(dim));
      case RABITQ -> "IVF%d,RaBitQfs,RFlat".formatted(nlist);
      default -> throw new IllegalArgumentException("index must be one of FAISS's, got: " + index);
    };
  }

  private static int codes(int dim) {
    return Arrays.stream(DIMENSIONS_PER_CODE)
        .filter(each -> dim % each == 0)
        .map(each -> dim / each)
        .findFirst()
        .orElseThrow();
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

  private static final class Opened implements OpenIndex {
    private final FaissLibrary faiss;
    private final MemorySegment index;
    private volatile String parameters = "";

    Opened(FaissLibrary faiss, MemorySegment index) {
      this.faiss = faiss;
      this.index = index;
    }

    @Override
    public Search search(Setting setting, int k, @Nullable RowFilter filter) {
      String wanted =
          setting.knobs().entrySet().stream()
              .map(Opened::parameter)
              .collect(Collectors.joining(","));
      return query -> {
        if (!parameters.equals(wanted)) {
          set(wanted);
        }
        try (Arena arena = Arena.ofConfined()) {
          MemorySegment ids = arena.allocate(ValueLayout.JAVA_LONG, k);
          MemorySegment scores = arena.allocate(ValueLayout.JAVA_FLOAT, k);
          MemorySegment vector = arena.allocateFrom(ValueLayout.JAVA_FLOAT, query);
          faiss.search(index, vector, ids, scores);
          long[] found = ids.toArray(ValueLayout.JAVA_LONG);
          return Arrays.stream(found).filter(id -> id >= 0).mapToInt(Math::toIntExact).toArray();
        }
      };
    }

    /** All threads search with the same setting at a time. */
    private synchronized void set(String wanted) throws IOException {
      if (!wanted.isEmpty()) {
        faiss.set(index, wanted);
      }
      parameters = wanted;
    }

    private static String parameter(Map.Entry<String, Double> knob) {
      return knob.getKey() + "=" + Math.round(knob.getValue());
    }

    @Override
    public void close() throws IOException {
      faiss.close(index);
    }
  }
}
