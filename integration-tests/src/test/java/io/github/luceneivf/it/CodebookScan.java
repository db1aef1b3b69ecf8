package io.github.luceneivf.it;

import io.github.luceneivf.clustering.Assigner;
import io.github.luceneivf.clustering.Assignment;
import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.KMeansParams;
import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.clustering.TrainingSample;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.LocalCodebookTrainer;
import io.github.luceneivf.codebook.TrainingMonitor;
import io.github.luceneivf.codebook.TrainingRequest;
import io.github.luceneivf.codec.config.ListSizing;
import io.github.luceneivf.codec.file.SegmentFit;
import io.github.luceneivf.quantization.Encoding;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.util.Bits;
import org.jspecify.annotations.Nullable;

/**
 * Vectors that must be scanned for recall@10 of 0.95, with exact scores and one nprobe for all
 * queries, the lists of all codebooks ranked together; small segments without lists are taken to
 * have those of the newest codebook, since it is codebooks that are compared. Compared with a
 * codebook trained afresh on all vectors. Each figure is of what is in lists: it is computed from
 * the codebooks of the segments, not from what some setting would probe.
 */
final class CodebookScan {

  private static final int K = 10;
  private static final double RECALL = 0.95;
  private static final long SEED = 7;

  private final Metric metric;
  private final FloatMatrix queries;
  private final List<float[]> rows = new ArrayList<>();
  private final List<Integer> lists = new ArrayList<>();
  private final List<float[]> centroids = new ArrayList<>();
  private final List<float[]> unlisted = new ArrayList<>();
  private @Nullable Codebook newest;

  private CodebookScan(Metric metric, FloatMatrix queries) {
    this.metric = metric;
    this.queries = queries;
  }

  /**
   * Figures.
   *
   * @param vectors live vectors
   * @param codebooks codebooks in use
   * @param nlist their lists
   * @param scanned share of the vectors scanned
   * @param fresh the same with a fresh codebook
   */
  record Figures(int vectors, int codebooks, int nlist, double scanned, double fresh) {
    /** Returns by how much more is scanned than with a fresh codebook, as a share of that. */
    double loss() {
      return scanned / fresh - 1;
    }
  }

  /** Measures an index of {@link VectorIndex#FIELD}; queries and vectors in the metric's space. */
  static Figures measure(DirectoryReader reader, FloatMatrix queries, Metric metric)
      throws IOException {
    CodebookScan scan = new CodebookScan(metric, queries);
    Map<String, Integer> bases = new HashMap<>();
    for (LeafReaderContext leaf : reader.leaves()) {
      scan.add(leaf, bases);
    }
    Codebook newest = Objects.requireNonNull(scan.newest, "no segment has lists");
    scan.assign(newest, scan.unlisted, Objects.requireNonNull(bases.get(newest.id().toString())));
    int[][] truth = scan.truth();
    CodebookScan fresh = scan.fresh();
    return new Figures(
        scan.rows.size(),
        bases.size(),
        scan.centroids.size(),
        scan.scanned(truth),
        fresh.scanned(truth));
  }

  private void add(LeafReaderContext leaf, Map<String, Integer> bases) throws IOException {
    FloatVectorValues values = leaf.reader().getFloatVectorValues(VectorIndex.FIELD);
    Bits live = values.getAcceptOrds(leaf.reader().getLiveDocs());
    List<float[]> own = new ArrayList<>();
    for (int ord = 0; ord < values.size(); ord++) {
      if (live == null || live.get(ord)) {
        own.add(values.vectorValue(ord).clone());
      }
    }
    Optional<SegmentFit.Lists> fit =
        SegmentFit.of(leaf.reader(), VectorIndex.FIELD).orElseThrow().lists();
    if (fit.isEmpty()) {
      unlisted.addAll(own);
      return;
    }
    Codebook codebook = fit.get().codebook();
    if (newest == null || codebook.lineage().version() > newest.lineage().version()) {
      newest = codebook;
    }
    int base = bases.computeIfAbsent(codebook.id().toString(), _ -> append(codebook));
    assign(codebook, own, base);
  }

  /** Adds centroids in the units of the vectors. */
  private int append(Codebook codebook) {
    int base = centroids.size();
    float back = (float) Math.scalb(1.0, -codebook.space().exponent());
    for (int list = 0; list < codebook.nlist(); list++) {
      float[] centroid = codebook.centroids().row(list);
      for (int d = 0; d < centroid.length; d++) {
        centroid[d] *= back;
      }
      centroids.add(centroid);
    }
    return base;
  }

  private void assign(Codebook codebook, List<float[]> own, int base) {
    if (own.isEmpty()) {
      return;
    }
    rows.addAll(own);
    float[] values = matrix(own).values().clone();
    int dim = codebook.dim();
    codebook.space().map(values, 0, own.size(), dim);
    Assignment assignment =
        new Assigner(codebook.centroids(), codebook.centroids().mean())
            .assign(new FloatMatrix(values, own.size(), dim), 2);
    for (int list : assignment.lists()) {
      lists.add(base + list);
    }
  }

  private CodebookScan fresh() throws IOException {
    int nlist = ListSizing.SQUARE_ROOT.nlist(rows.size());
    FloatMatrix all = matrix(rows);
    FloatMatrix sample = TrainingSample.draw(all.asSource(), 256 * nlist, SEED, () -> {});
    Codebook codebook =
        new LocalCodebookTrainer()
            .train(
                new TrainingRequest(
                    metric,
                    Encoding.FLOAT32,
                    KMeansParams.of(nlist, SEED).withThreads(2),
                    rows.size(),
                    Optional.empty()),
                sample,
                TrainingMonitor.NONE)
            .codebook();
    CodebookScan fresh = new CodebookScan(metric, queries);
    fresh.assign(codebook, rows, fresh.append(codebook));
    return fresh;
  }

  private static FloatMatrix matrix(List<float[]> rows) {
    int dim = rows.getFirst().length;
    float[] values = new float[rows.size() * dim];
    for (int i = 0; i < rows.size(); i++) {
      System.arraycopy(rows.get(i), 0, values, i * dim, dim);
    }
    return new FloatMatrix(values, rows.size(), dim);
  }

  private int[][] truth() {
    int[][] truth = new int[queries.rows()][];
    Arrays.parallelSetAll(truth, query -> nearest(rows, queries.row(query), K));
    return truth;
  }

  private static int[] nearest(List<float[]> rows, float[] query, int count) {
    long[] keys = new long[rows.size()];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = ((long) Float.floatToIntBits(distance(rows.get(i), query)) << 32) | i;
    }
    Arrays.sort(keys);
    return Arrays.stream(keys).limit(count).mapToInt(key -> (int) key).toArray();
  }

  private static float distance(float[] a, float[] b) {
    float sum = 0;
    for (int d = 0; d < a.length; d++) {
      float difference = a[d] - b[d];
      sum += difference * difference;
    }
    return sum;
  }

  /** The mean share scanned with the fewest lists that give the recall. */
  private double scanned(int[][] truth) {
    int nlist = centroids.size();
    long[] sizes = new long[nlist];
    for (int list : lists) {
      sizes[list]++;
    }
    double[] scannedAt = new double[nlist + 1];
    long[] foundAt = new long[nlist + 1];
    for (int query = 0; query < truth.length; query++) {
      int[] order = nearest(centroids, queries.row(query), nlist);
      int[] ranks = new int[nlist];
      double scanned = 0;
      for (int rank = 0; rank < nlist; rank++) {
        ranks[order[rank]] = rank + 1;
        scanned += sizes[order[rank]];
        scannedAt[rank + 1] += scanned;
      }
      for (int row : truth[query]) {
        foundAt[ranks[lists.get(row)]]++;
      }
    }
    long found = foundAt[0];
    int nprobe = 0;
    while (found < RECALL * K * truth.length) {
      found += foundAt[++nprobe];
    }
    return scannedAt[nprobe] / truth.length / rows.size();
  }
}
