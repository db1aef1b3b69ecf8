// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codebook;

import io.github.luceneivf.calibration.Calibration;
import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.clustering.NearestQueue;
import io.github.luceneivf.quantization.BlockScorer;
import io.github.luceneivf.quantization.CodeBlock;
import io.github.luceneivf.quantization.Encoding;
import io.github.luceneivf.quantization.QueryCode;
import io.github.luceneivf.testdata.ExactNeighbors;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** The plainest search over a codebook's lists, in memory: rank, scan, rerank. */
final class SearchTwin {

  private final Codebook codebook;
  private final Encoding encoding;
  private final FloatMatrix base;
  private final CentroidRanking ranking;
  private final CodeBlock layout;
  private final List<List<Integer>> rows = new ArrayList<>();
  private final List<List<byte[]>> records = new ArrayList<>();

  /** Encodes {@code base} with a {@link LocalVectorEncoder}. */
  SearchTwin(Codebook codebook, Encoding encoding, FloatMatrix base) throws IOException {
    this.codebook = codebook;
    this.encoding = encoding;
    this.base = base;
    this.layout = new CodeBlock(encoding, base.dim(), 4);
    for (int list = 0; list < codebook.nlist(); list++) {
      rows.add(new ArrayList<>());
      records.add(new ArrayList<>());
    }
    int recordBytes = encoding.recordBytes(base.dim());
    ListReach.Measure reach = new ListReach.Measure(codebook);
    EncodedSink sink =
        new EncodedSink() {
          @Override
          public void accept(int firstOrd, int count, int[] lists, byte[] batch) {
            for (int i = 0; i < count; i++) {
              add(firstOrd + i, lists[i], batch, i);
            }
          }

          @Override
          public void acceptCopies(int count, int[] ords, int[] lists, byte[] batch) {
            for (int i = 0; i < count; i++) {
              add(ords[i], lists[i], batch, i);
            }
          }

          private void add(int ord, int list, byte[] batch, int at) {
            byte[] record = new byte[recordBytes];
            System.arraycopy(batch, at * recordBytes, record, 0, recordBytes);
            rows.get(list).add(ord);
            float[] mapped = base.row(ord);
            codebook.space().map(mapped, 0, 1, mapped.length);
            reach.add(mapped, 0, list);
            records.get(list).add(record);
          }

          @Override
          public void restart() {
            throw new AssertionError("a local encoder starts once");
          }
        };
    new LocalVectorEncoder().encode(codebook, encoding, base.asSource(), sink, AbortCheck.NONE);
    boolean product = codebook.metric() == Metric.INNER_PRODUCT;
    this.ranking = new CentroidRanking(codebook).with(product ? reach.reach() : ListReach.NONE);
  }

  /**
   * Searches with what a calibration says of the query.
   *
   * @param targets recall by probes, recall by depth
   */
  int[] search(float[] query, int k, Calibration calibration, double[] targets) {
    float[] mapped = query.clone();
    codebook.space().mapQuery(mapped);
    QueryCode code = new QueryCode(codebook.quantizer(), mapped);
    int[] list = new int[1];
    float[] distance = new float[1];
    ranking.rank(code, 1, list, distance);
    float remoteness = ranking.remoteness(code, distance[0]);
    int nprobe = (int) Math.round(calibration.nprobe(k, targets[0], remoteness));
    int depth = (int) Math.ceil(calibration.depth(k, targets[1], remoteness));
    return search(query, k, nprobe, depth);
  }

  /** Returns the ordinals of the nearest rows, best first. */
  int[] search(float[] original, int k, int nprobe, int depth) {
    float[] mapped = original.clone();
    codebook.space().mapQuery(mapped);
    QueryCode query = new QueryCode(codebook.quantizer(), mapped);
    int[] lists = new int[nprobe];
    float[] distances = new float[nprobe];
    ranking.rank(query, nprobe, lists, distances);
    BlockScorer scorer = new BlockScorer(layout, query);
    NearestQueue candidates = new NearestQueue(depth);
    float[] out = new float[CodeBlock.WIDTH];
    byte[] block = new byte[layout.blockBytes(CodeBlock.TAIL_WIDTH)];
    MemorySegment segment = Arena.ofAuto().allocate(block.length);
    for (int i = 0; i < nprobe; i++) {
      List<Integer> members = rows.get(lists[i]);
      for (int at = 0; at < members.size(); at += CodeBlock.TAIL_WIDTH) {
        int count = Math.min(CodeBlock.TAIL_WIDTH, members.size() - at);
        pack(lists[i], at, count, block);
        MemorySegment.copy(block, 0, segment, ValueLayout.JAVA_BYTE, 0, block.length);
        scorer.score(segment, 0, CodeBlock.TAIL_WIDTH, distances[i], out, 0);
        for (int lane = 0; lane < count; lane++) {
          candidates.offer(out[lane], members.get(at + lane));
        }
      }
    }
    return rerank(original, candidates, k);
  }

  private void pack(int list, int at, int count, byte[] block) {
    int recordBytes = encoding.recordBytes(base.dim());
    byte[] joined = new byte[count * recordBytes];
    int[] ords = new int[count];
    for (int i = 0; i < count; i++) {
      System.arraycopy(records.get(list).get(at + i), 0, joined, i * recordBytes, recordBytes);
      ords[i] = rows.get(list).get(at + i);
    }
    layout.pack(ords, 0, joined, 0, count, CodeBlock.TAIL_WIDTH, block);
  }

  private int[] rerank(float[] query, NearestQueue candidates, int k) {
    int[] rows = new int[candidates.size()];
    candidates.drain(rows);
    return Arrays.stream(rows)
        .distinct() // a row may be in two lists
        .boxed()
        .sorted(
            Comparator.comparingDouble(row ->
                ExactNeighbors.distance(base.values(), row * base.dim(), query, codebook.metric())))
        .limit(k)
        .mapToInt(Integer::intValue)
        .toArray();
  }
}
