package io.github.luceneivf.codebook;

import io.github.luceneivf.clustering.Assigner;
import io.github.luceneivf.clustering.VectorSource;
import io.github.luceneivf.quantization.Encoding;
import io.github.luceneivf.quantization.VectorCoder;
import java.io.IOException;

/** Assigns and encodes on the calling thread. */
public final class LocalVectorEncoder implements VectorEncoder {

  private static final int MAX_BATCH = 1024;
  private static final int MIN_BATCH = 16;

  /** Multiply-adds of a batch: some 0.5 s of plain code, so that aborts are heard in time. */
  private static final long BATCH_WORK = 1L << 30;

  /** Creates an encoder. */
  public LocalVectorEncoder() {}

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
    Assigner assigner = new Assigner(codebook.centroids(), codebook.quantizer().mean());
    VectorCoder coder = new VectorCoder(encoding, codebook.quantizer(), codebook.centroids());
    int batch = batchSize(codebook);
    int recordBytes = encoding.recordBytes(dim);
    int[] lists = new int[batch];
    float[] distances = new float[batch];
    byte[] records = new byte[Math.multiplyExact(batch, recordBytes)];
    vectors.forEachBatch(
        batch,
        (rows, firstOrd, count) -> {
          abort.check();
          codebook.space().map(rows, 0, count, dim);
          assigner.assign(rows, 0, count, lists, distances, 0);
          for (int i = 0; i < count; i++) {
            coder.encode(rows, i * dim, lists[i], records, i * recordBytes);
          }
          sink.accept(firstOrd, count, lists, records);
        });
  }

  private static int batchSize(Codebook codebook) {
    long work = (long) codebook.nlist() * codebook.dim();
    return (int) Math.clamp(BATCH_WORK / work, MIN_BATCH, MAX_BATCH);
  }

  @Override
  public boolean isRemote() {
    return false;
  }
}
