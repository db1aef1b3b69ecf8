// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codebook;

import io.github.luceneivf.clustering.Assigner;
import io.github.luceneivf.clustering.VectorSource;
import io.github.luceneivf.clustering.Workers;
import io.github.luceneivf.quantization.Encoding;
import io.github.luceneivf.quantization.VectorCoder;
import java.io.IOException;
import java.util.Arrays;

/** Assigns and encodes on the calling thread, or on a few for as long as a call lasts. */
public final class LocalVectorEncoder implements VectorEncoder {

  private static final int MAX_BATCH = 1024;
  private static final int MIN_BATCH = 16;

  /** Vectors that a thread takes at a time. */
  private static final int RANGE = 96;

  /** Multiply-adds of a batch: some 0.1 s of plain code, so that aborts are heard in time. */
  private static final long BATCH_WORK = 1L << 28;

  /** Bytes of the vectors that a thread takes in a batch; several ranges of 4096 dimensions. */
  private static final int BATCH_BYTES = 4 << 20;

  /** Floats of the scratch of an assigner, at most. */
  private static final int ASSIGNER_FLOATS = 1 << 17;

  private final int threads;

  /** Creates an encoder that works on the calling thread alone. */
  public LocalVectorEncoder() {
    this(1);
  }

  /**
   * Creates an encoder.
   *
   * @param threads threads that work on a call, the calling one among them; the codes do not depend
   *     on it
   */
  public LocalVectorEncoder(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be at least 1, got: " + threads);
    }
    this.threads = threads;
  }

  @Override
  public void encode(
      Codebook codebook,
      Encoding encoding,
      VectorSource vectors,
      EncodedSink sink,
      AbortCheck abort)
      throws IOException {
    int dim = codebook.dim();
    if (vectors.dim() != dim) {
      throw new IllegalArgumentException(
          "vectors must have dimension " + dim + ", got: " + vectors.dim());
    }
    abort.check();
    int batch = Math.multiplyExact(batchSize(codebook.nlist(), dim), threads);
    int recordBytes = encoding.recordBytes(dim);
    int[] lists = new int[batch];
    float[] scratch = new float[batch];
    byte[] records = new byte[Math.multiplyExact(batch, recordBytes)];
    Assigner assigner = new Assigner(codebook.centroids(), codebook.quantizer().mean());
    Assigner[] assigners = new Assigner[threads];
    VectorCoder[] coders = new VectorCoder[threads];
    for (int i = 0; i < threads; i++) {
      assigners[i] = i == 0 ? assigner : assigner.fork();
      coders[i] = new VectorCoder(encoding, codebook.quantizer(), codebook.centroids());
    }
    Copies copies = codebook.spills() ? new Copies(codebook, coders, batch, recordBytes) : null;
    try (Workers workers = new Workers(threads)) {
      vectors.forEachBatch(
          batch,
          (rows, firstOrd, count) -> {
            abort.check();
            workers.run(
                count,
                RANGE,
                (worker, from, to) -> {
                  codebook.space().map(rows, from * dim, to - from, dim);
                  assigners[worker].assignLists(rows, from * dim, to - from, lists, scratch, from);
                  coders[worker].encode(
                      rows, from * dim, to - from, lists, from, records, from * recordBytes);
                  if (copies != null) {
                    copies.find(worker, rows, lists, from, to);
                  }
                },
                Workers.Tick.NONE);
            sink.accept(firstOrd, count, lists, records);
            if (copies != null) {
              copies.encode(rows, firstOrd, count, workers, sink);
            }
          });
    }
  }

  /** Second entries of the vectors of a batch. */
  private static final class Copies {
    private static final int NONE = -1;

    private final Codebook codebook;
    private final SecondLists[] finders;
    private final VectorCoder[] coders;
    private final int recordBytes;
    private final int[] second;
    private final int[] ords;
    private final int[] lists;
    private final float[] rows;
    private final byte[] records;

    Copies(Codebook codebook, VectorCoder[] coders, int batch, int recordBytes) {
      this.codebook = codebook;
      this.coders = coders;
      this.recordBytes = recordBytes;
      this.finders = new SecondLists[coders.length];
      Arrays.setAll(finders, _ -> codebook.secondLists().fork());
      this.second = new int[batch];
      this.ords = new int[batch];
      this.lists = new int[batch];
      this.rows = new float[Math.multiplyExact(batch, codebook.dim())];
      this.records = new byte[Math.multiplyExact(batch, recordBytes)];
    }

    /** Finds the second lists of rows [from, to); called by several workers at once. */
    void find(int worker, float[] from, int[] own, int first, int to) {
      SecondLists finder = finders[worker];
      for (int i = first; i < to; i++) {
        int list = finder.find(from, i * codebook.dim(), own[i]);
        second[i] = finder.cost() < codebook.spillCost() ? list : NONE;
      }
    }

    void encode(float[] from, int firstOrd, int count, Workers workers, EncodedSink sink)
        throws IOException {
      int dim = codebook.dim();
      int size = 0;
      for (int i = 0; i < count; i++) {
        if (second[i] != NONE) {
          ords[size] = firstOrd + i;
          lists[size] = second[i];
          System.arraycopy(from, i * dim, rows, size++ * dim, dim);
        }
      }
      if (size == 0) {
        return;
      }
      workers.run(
          size,
          RANGE,
          (worker, first, to) ->
              coders[worker].encode(
                  rows, first * dim, to - first, lists, first, records, first * recordBytes),
          Workers.Tick.NONE);
      sink.acceptCopies(size, ords, lists, records);
    }
  }

  private static int batchSize(int nlist, int dim) {
    long work = (long) nlist * dim;
    int most = Math.clamp(BATCH_BYTES / (dim * Float.BYTES), MIN_BATCH, MAX_BATCH);
    return (int) Math.clamp(BATCH_WORK / work, MIN_BATCH, most);
  }

  /**
   * Returns the memory that a call takes beside codebook and vectors, in bytes: centroids as the
   * kernels want them, tables and scratch of each thread, a batch of records.
   */
  public long memoryBytes(Codebook codebook, Encoding encoding) {
    int nlist = codebook.nlist();
    int dim = codebook.dim();
    long centroids = (long) Float.BYTES * nlist * (dim + 1);
    long perThread =
        (long) Float.BYTES * ASSIGNER_FLOATS + VectorCoder.memoryBytes(encoding, nlist, dim);
    long perRow = (long) encoding.recordBytes(dim) + Integer.BYTES + Float.BYTES;
    if (codebook.spills()) { // the row itself, its record there, its ordinal and both lists
      perRow += (long) Float.BYTES * dim + encoding.recordBytes(dim) + 3 * Integer.BYTES;
    }
    // Centroids are there twice while they are brought into the kernels' order.
    return 2 * centroids + threads * (perThread + batchSize(nlist, dim) * perRow);
  }
}
