// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.write;

import io.github.luceneivf.clustering.VectorSource;
import io.github.luceneivf.codebook.AbortCheck;
import io.github.luceneivf.codebook.CentroidRanking;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.VectorEncoder;
import io.github.luceneivf.codec.config.IvfParams;
import io.github.luceneivf.codec.file.Extent;
import io.github.luceneivf.codec.file.FieldMeta;
import io.github.luceneivf.codec.file.IvfFiles;
import io.github.luceneivf.codec.file.ListStatistics;
import io.github.luceneivf.codec.file.SegmentCodebook;
import io.github.luceneivf.quantization.CodeBlock;
import io.github.luceneivf.quantization.Encoding;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.lucene.index.SegmentWriteState;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.util.FixedBitSet;
import org.apache.lucene.util.IOUtils;

/**
 * Writes the posting lists of a field and what belongs to them: codes are made, or copied from
 * segments that are merged, or both. Confined to the thread of the flush or merge.
 */
final class ListsWriter {

  private final SegmentWriteState state;
  private final IvfParams params;
  private final SegmentOutputs outputs;
  private final AbortCheck abort;

  ListsWriter(SegmentWriteState state, IvfParams params, SegmentOutputs outputs, AbortCheck abort) {
    this.state = state;
    this.params = params;
    this.outputs = outputs;
    this.abort = abort;
  }

  /**
   * How vectors are coded.
   *
   * @param codebook supports {@code encoding}
   * @param arrived of the vectors to encode, how many came after its training; more counts as all
   */
  record Coded(SegmentCodebook codebook, Encoding encoding, int arrived) {}

  /**
   * What was written.
   *
   * @param copied vectors whose codes were copied
   */
  record Written(FieldMeta.Lists lists, int copied) {}

  /**
   * How the codebook fits what is written so far.
   *
   * @param vectors those measured
   * @param energy sum of their squared distances to their centroids
   * @param arrived vectors that came after the training
   */
  private record Fit(long vectors, double energy, double arrived) {
    static final Fit NONE = new Fit(0, 0, 0);

    /** Adds vectors of a mean squared distance. */
    Fit plus(int count, double mean) {
      return new Fit(vectors + count, energy + count * mean, arrived);
    }

    /** Adds what is kept of a segment: its deleted vectors are taken to be like the others. */
    Fit plus(int kept, FieldMeta.Lists copied) {
      ListStatistics own = copied.statistics();
      int all = Math.max(1, IntStream.of(copied.sizes()).sum());
      Fit sum = own.measured() ? plus(kept, own.energy()) : this;
      return new Fit(sum.vectors, sum.energy, arrived + (double) own.arrived() * kept / all);
    }

    ListStatistics statistics(Coded coded, int encodedArrived) {
      return new ListStatistics(
          coded.codebook.training(),
          vectors > 0,
          vectors > 0 ? energy / vectors : 0,
          encodedArrived + (int) Math.round(arrived));
    }
  }

  /** Assigns and encodes all vectors. */
  Written encode(Coded coded, VectorSource vectors, VectorEncoder encoder) throws IOException {
    EnergySample sample = new EnergySample(vectors);
    try (StagedCodes codes = stage(coded, sample, encoder)) {
      EntrySource source = new StagedEntries(codes, null, nlist(coded), maxEntries());
      Fit fit = Fit.NONE.plus(vectors.size(), sample.energy(coded.codebook.codebook(), codes));
      return written(coded, vectors.size(), List.of(source), fit, 0);
    }
  }

  /**
   * Copies codes, then assigns and encodes the vectors that this leaves over.
   *
   * @param inputs segments coded in just this way
   */
  Written merge(Coded coded, MergedVectors vectors, List<MergeInput> inputs, VectorEncoder encoder)
      throws IOException {
    MergedOrds merged = MergedOrds.of(vectors.values(), state.segmentInfo.maxDoc());
    FixedBitSet ords = new FixedBitSet(Math.max(vectors.size(), 1));
    List<EntrySource> sources = new ArrayList<>();
    int copied = 0;
    Fit fit = Fit.NONE;
    for (MergeInput input : inputs) {
      abort.check();
      CopiedEntries source = new CopiedEntries(input.lists().orElseThrow(), input.docMap(), merged);
      int kept = source.markIn(ords);
      copied += kept;
      fit = fit.plus(kept, input.lists().orElseThrow().meta());
      sources.add(source);
    }
    if (copied == vectors.size()) {
      return written(coded, vectors.size(), sources, fit, copied);
    }
    ords.flip(0, vectors.size());
    SomeVectors others = new SomeVectors(vectors.values(), ords, vectors.size() - copied);
    EnergySample sample = new EnergySample(others);
    try (StagedCodes codes = stage(coded, sample, encoder)) {
      sources.add(new StagedEntries(codes, ords, nlist(coded), maxEntries()));
      Fit all = fit.plus(others.size(), sample.energy(coded.codebook.codebook(), codes));
      return written(coded, vectors.size(), sources, all, copied);
    }
  }

  private Written written(Coded coded, int vectors, List<EntrySource> sources, Fit fit, int copied)
      throws IOException {
    int arrived = Math.clamp(coded.arrived, 0, vectors - copied);
    FieldMeta.Lists lists = write(coded, vectors, sources);
    return new Written(lists.with(fit.statistics(coded, arrived)), copied);
  }

  private static int nlist(Coded coded) {
    return coded.codebook.codebook().nlist();
  }

  /** A quarter of the budget: an ordinal and a place each. */
  private int maxEntries() {
    return (int) Math.clamp(params.mergeBudgetBytes() / 32, 1, 1 << 28);
  }

  /** Codes vectors; the caller closes what is returned. */
  private StagedCodes stage(Coded coded, VectorSource vectors, VectorEncoder encoder)
      throws IOException {
    int recordBytes = coded.encoding.recordBytes(vectors.dim());
    long bytes = (long) vectors.size() * (recordBytes + Integer.BYTES);
    StagedCodes codes =
        bytes <= Math.min(params.mergeBudgetBytes() / 4, 1 << 30)
            ? new HeapCodes(nlist(coded), recordBytes, vectors.size())
            : new TempFileCodes(state, nlist(coded), recordBytes);
    try {
      encoder.encode(coded.codebook.codebook(), coded.encoding, vectors, codes, abort);
      if (codes.count() != vectors.size()) {
        throw new IllegalStateException(
            "the encoder must code all " + vectors.size() + " vectors, got: " + codes.count());
      }
      codes.seal();
      return codes;
    } catch (IOException | RuntimeException e) {
      IOUtils.closeWhileSuppressingExceptions(e, codes);
      throw e;
    }
  }

  private FieldMeta.Lists write(Coded coded, int vectors, List<EntrySource> sources)
      throws IOException {
    Codebook codebook = coded.codebook.codebook();
    Extent book = writeBytes(codebook.toBytes());
    Extent routing = writeBytes(CentroidRanking.codes(codebook));
    CodeBlock layout =
        new CodeBlock(coded.encoding, codebook.dim(), CodeBlock.ordBytesFor(vectors));
    PostingListWriter.Shape shape = new PostingListWriter.Shape(codebook.nlist(), vectors);
    int maxOrds = (int) Math.clamp(params.mergeBudgetBytes() / 16, 1, 1 << 28);
    PostingListWriter writer = new PostingListWriter(sources, layout, shape, maxOrds, abort);
    Extent postings = writer.writePostings(outputs.get(IvfFiles.POSTINGS));
    Extent ordinals = writer.writeOrdinals(outputs.get(IvfFiles.ORDINALS));
    return new FieldMeta.Lists(
        coded.encoding,
        codebook.id(),
        coded.codebook.calibration(),
        (float) params.targetRecall(),
        new FieldMeta.Places(book, routing, postings, ordinals),
        writer.sizes());
  }

  private Extent writeBytes(byte[] bytes) throws IOException {
    IndexOutput out = outputs.get(IvfFiles.CENTROIDS);
    long start = out.alignFilePointer(IvfFiles.ALIGNMENT);
    out.writeBytes(bytes, bytes.length);
    return new Extent(start, bytes.length);
  }
}
