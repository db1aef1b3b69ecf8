// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it;

import io.github.luceneivf.clustering.Assigner;
import io.github.luceneivf.clustering.Assignment;
import io.github.luceneivf.clustering.ClusteringListener;
import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.KMeans;
import io.github.luceneivf.clustering.KMeansParams;
import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.clustering.TrainingSample;
import io.github.luceneivf.clustering.VectorSpace;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codec.config.ListSizing;
import io.github.luceneivf.codec.fit.FittedLists;
import io.github.luceneivf.codec.fit.SegmentFit;
import io.github.luceneivf.search.IvfKnnFloatVectorQuery;
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
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.VectorUtil;
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
   * @param scanned share of the vectors scanned
   * @param fresh the same with a fresh codebook, of as many lists as the sizing wants now
   * @param coarse the same with a fresh codebook of a list for 256 vectors
   * @param same the same with a fresh codebook of as many lists as the newest has
   * @param recall of the index itself at default settings
   */
  record Figures(
      int vectors,
      int codebooks,
      double scanned,
      double fresh,
      double coarse,
      double same,
      double recall) {
    /** Returns by how much more is scanned than with a fresh codebook, as a share of that. */
    double loss() {
      return scanned / fresh - 1;
    }

    /**
     * Returns by how much more is scanned than with the codebook that simulations compared with.
     */
    double coarseLoss() {
      return scanned / coarse - 1;
    }

    /** Returns the part of the loss that is not for want of lists. */
    double age() {
      return scanned / same - 1;
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
    int base = Objects.requireNonNull(bases.get(newest.id().toString()));
    scan.assign(newest.space(), newest.centroids(), scan.unlisted, base);
    int[][] truth = scan.truth();
    int wanted = ListSizing.SQUARE_ROOT.nlist(scan.rows.size());
    double fresh = scan.fresh(wanted).scanned(truth);
    return new Figures(
        scan.rows.size(),
        bases.size(),
        scan.scanned(truth),
        fresh,
        scan.fresh(Math.max(1, scan.rows.size() / 256)).scanned(truth),
        newest.nlist() == wanted ? fresh : scan.fresh(newest.nlist()).scanned(truth),
        scan.recall(reader, truth));
  }

  /** A hit as near as the tenth is as good. */
  private double recall(DirectoryReader reader, int[][] truth) throws IOException {
    IndexSearcher searcher = new IndexSearcher(reader);
    int found = 0;
    for (int query = 0; query < truth.length; query++) {
      float[] target = queries.row(query);
      float tenth = VectorUtil.squareDistance(rows.get(truth[query][K - 1]), target);
      IvfKnnFloatVectorQuery near = new IvfKnnFloatVectorQuery(VectorIndex.FIELD, target, K);
      for (ScoreDoc hit : searcher.search(near, K).scoreDocs) {
        LeafReaderContext leaf = reader.leaves().get(ReaderUtil.subIndex(hit.doc, reader.leaves()));
        float[] row =
            leaf.reader() // every document has a vector
                .getFloatVectorValues(VectorIndex.FIELD)
                .vectorValue(hit.doc - leaf.docBase);
        found += VectorUtil.squareDistance(row, target) <= tenth * (1 + 1e-5f) ? 1 : 0;
      }
    }
    return (double) found / (K * truth.length);
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
    Optional<FittedLists> fit =
        SegmentFit.of(leaf.reader(), VectorIndex.FIELD).orElseThrow().lists();
    if (fit.isEmpty()) {
      unlisted.addAll(own);
      return;
    }
    Codebook codebook = fit.get().codebook();
    if (newest == null || codebook.lineage().version() > newest.lineage().version()) {
      newest = codebook;
    }
    int base =
        bases.computeIfAbsent(
            codebook.id().toString(), _ -> append(codebook.space(), codebook.centroids()));
    assign(codebook.space(), codebook.centroids(), own, base);
  }

  /** Adds centroids in the units of the vectors. */
  private int append(VectorSpace space, FloatMatrix codebook) {
    int base = centroids.size();
    float back = (float) Math.scalb(1.0, -space.exponent());
    for (int list = 0; list < codebook.rows(); list++) {
      float[] centroid = codebook.row(list);
      for (int d = 0; d < centroid.length; d++) {
        centroid[d] *= back;
      }
      centroids.add(centroid);
    }
    return base;
  }

  private void assign(VectorSpace space, FloatMatrix codebook, List<float[]> own, int base) {
    if (own.isEmpty()) {
      return;
    }
    rows.addAll(own);
    float[] values = matrix(own).values().clone();
    int dim = codebook.dim();
    space.map(values, 0, own.size(), dim);
    Assignment assignment =
        new Assigner(codebook, codebook.mean()).assign(new FloatMatrix(values, own.size(), dim), 2);
    for (int list : assignment.lists()) {
      lists.add(base + list);
    }
  }

  private CodebookScan fresh(int nlist) throws IOException {
    FloatMatrix sample = TrainingSample.draw(matrix(rows).asSource(), 256 * nlist, SEED, () -> {});
    VectorSpace space = VectorSpace.fitting(metric, sample.values());
    space.map(sample.values(), 0, sample.rows(), sample.dim());
    FloatMatrix found =
        KMeans.cluster(sample, KMeansParams.of(nlist, SEED).withThreads(2), ClusteringListener.NONE)
            .centroids();
    CodebookScan fresh = new CodebookScan(metric, queries);
    fresh.assign(space, found, rows, fresh.append(space, found));
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
      keys[i] =
          ((long) Float.floatToIntBits(VectorUtil.squareDistance(rows.get(i), query)) << 32) | i;
    }
    Arrays.sort(keys);
    return Arrays.stream(keys).limit(count).mapToInt(key -> (int) key).toArray();
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
