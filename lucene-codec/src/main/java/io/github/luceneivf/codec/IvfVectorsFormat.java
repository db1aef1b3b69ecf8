// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec;

import io.github.luceneivf.codec.config.IvfParams;
import io.github.luceneivf.codec.config.Ports;
import io.github.luceneivf.codec.read.IvfVectorsReader;
import io.github.luceneivf.codec.write.IvfVectorsWriter;
import java.io.IOException;
import java.util.Objects;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.KnnVectorsWriter;
import org.apache.lucene.codecs.hnsw.FlatVectorScorerUtil;
import org.apache.lucene.codecs.hnsw.FlatVectorsFormat;
import org.apache.lucene.codecs.lucene99.Lucene99FlatVectorsFormat;
import org.apache.lucene.index.SegmentReadState;
import org.apache.lucene.index.SegmentWriteState;

/**
 * An inverted file of vectors: centroids, and posting lists of compact codes.
 *
 * <p>Raw vectors are in Lucene's own flat format ({@code .vec}, {@code .vemf}), which also serves
 * reranking, merges and CheckIndex. This format adds four files. Each begins with an index header,
 * of version 5 (earlier ones, from before any release, are refused), and ends with a footer with
 * checksum ({@code CodecUtil}). Multi-byte numbers are little-endian.
 *
 * <p>Vectors of bytes are clustered and coded as the floats they stand for: files say nothing of
 * it. Only the metric of the codebook may differ: that of {@code DOT_PRODUCT} is the cosine for
 * floats, which have unit length, and the inner product for bytes.
 *
 * <h2>.ivm (meta data)</h2>
 *
 * <p>Read and checked whole at open. For each field with vectors:
 *
 * <ul>
 *   <li><b>[int]</b> number of the field; −1 ends the file
 *   <li><b>[vint]</b> vectors in this segment
 *   <li><b>[byte]</b> kind: 0 scanned exactly, nothing follows; 1 posting lists
 *   <li><b>[byte]</b> wire id of the encoding ({@code Encoding}): 1 FLOAT32, 2 INT8, 3 BIT1, 4
 *       INT4, 5 BIT2, 6 PQ4, 7 PQ8
 *   <li><b>[32 bytes]</b> content hash of the codebook
 *   <li><b>[vint] [bytes]</b> calibration: length, then recall by nprobe and by rerank depth
 *       ({@code Calibration.toBytes})
 *   <li><b>[int]</b> recall@10 that default settings aim at, float bits
 *   <li><b>[vlong] [vlong]</b> × 4: offset and length of the codebook and the routing codes in
 *       {@code .ivc}, of the posting lists in {@code .ivp}, and of the ordinals in {@code .ivo}
 *   <li><b>[vint]</b> nlist, then for each list <b>[vint]</b> its entries: each vector has one in
 *       the list of its nearest centroid, and some have one in a second list ({@code Spill})
 *   <li>how well the codebook fits ({@code ListStatistics}): at training <b>[vint]</b> vectors,
 *       <b>[long]</b> mean squared distance to the centroid and <b>[long]</b> imbalance of the
 *       lists, double bits; in this segment <b>[byte]</b> 1 if measured, <b>[long]</b> the mean
 *       squared distance, <b>[vint]</b> vectors that came after the training
 *   <li><b>[byte]</b> 1 if the metric is that of inner products, else 0; where it is 1, for each
 *       list that has vectors <b>[int]</b> <b>[int]</b> how far they reach beyond its centroid,
 *       along it and across ({@code ListReach}), float bits
 * </ul>
 *
 * <h2>.ivc (centroids)</h2>
 *
 * <p>Its checksum is checked at open if a codebook is read from it, which readers share. For each
 * field with lists, each aligned to 64 bytes:
 *
 * <ul>
 *   <li>the codebook: exact centroids, quantizer parameters, for PQ4 and PQ8 sub-codebooks, lineage
 *       ({@code Codebook.toBytes}, with a version and a checksum of its own)
 *   <li>the routing codes: 1-bit codes of the centroids about the mean, as one list of code blocks
 * </ul>
 *
 * <h2>.ivp (posting lists)</h2>
 *
 * <p>For each field with lists, list after list in the order of list numbers, in which neighbours
 * in space are neighbours on disk. Each list begins at a multiple of 64 bytes and is a sequence of
 * code blocks of 64 entries, then of 16: ordinals (ascending), codes, terms of each, each laid out
 * so that lanes are vectors ({@code CodeBlock}).
 *
 * <h2>.ivo (ordinals)</h2>
 *
 * <p>For each field with lists, aligned to 8 bytes: per ordinal the number of the list of its
 * nearest centroid, shifted left by the bits of the longest list's last position, plus the position
 * in the list; packed by {@code DirectWriter}.
 *
 * <p>Immutable, thread-safe. Use one instance per field: Lucene writes the fields of one instance
 * to one set of files.
 */
public final class IvfVectorsFormat extends KnnVectorsFormat {

  /** Name by which segments ask for this format. */
  public static final String NAME = "IvfVectorsFormat";

  /** Most dimensions of a vector. */
  public static final int MAX_DIMENSIONS = 4096;

  private static final FlatVectorsFormat RAW =
      new Lucene99FlatVectorsFormat(FlatVectorScorerUtil.getLucene99FlatVectorsScorer());

  private final IvfParams params;
  private final Ports ports;

  /** Creates a format with default settings that does all work in this process. */
  public IvfVectorsFormat() {
    this(IvfParams.DEFAULT, Ports.LOCAL);
  }

  /** Creates a format that does all work in this process. */
  public IvfVectorsFormat(IvfParams params) {
    this(params, Ports.LOCAL);
  }

  /**
   * Creates a format.
   *
   * @param params how segments are written; reading depends on files alone
   * @param ports who trains and encodes; the caller closes them after the index writer
   */
  public IvfVectorsFormat(IvfParams params, Ports ports) {
    super(NAME);
    this.params = Objects.requireNonNull(params, "params");
    this.ports = Objects.requireNonNull(ports, "ports");
  }

  @Override
  public KnnVectorsWriter fieldsWriter(SegmentWriteState state) throws IOException {
    return new IvfVectorsWriter(state, params, ports, RAW);
  }

  @Override
  public KnnVectorsReader fieldsReader(SegmentReadState state) throws IOException {
    return new IvfVectorsReader(state, RAW);
  }

  @Override
  public int getMaxDimensions(String fieldName) {
    return MAX_DIMENSIONS;
  }

  @Override
  public String toString() {
    return NAME + "(" + params + ")";
  }
}
