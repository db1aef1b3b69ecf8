// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.write;

import io.github.luceneivf.clustering.VectorSource;
import io.github.luceneivf.codebook.AbortCheck;
import io.github.luceneivf.codebook.CentroidRanking;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.VectorEncoder;
import io.github.luceneivf.codec.file.Extent;
import io.github.luceneivf.codec.file.FieldMeta;
import io.github.luceneivf.codec.file.IvfFiles;
import io.github.luceneivf.codec.file.ListStatistics;
import io.github.luceneivf.codec.file.ListsMeta;
import io.github.luceneivf.codec.file.SegmentCodebook;
import io.github.luceneivf.quantization.CodeBlock;
import io.github.luceneivf.quantization.Encoding;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.util.FixedBitSet;
import org.apache.lucene.util.IOUtils;
import org.jspecify.annotations.Nullable;

/**
 * Writes the posting lists of a field and what belongs to them: codes are made, or copied from
 * segments that are merged, or both. Confined to the thread of the flush or merge.
 */
final class InvertedFileWriter {

  private final WriteContext segment;
  private final AbortCheck abort;
  private final long budget;

  InvertedFileWriter(WriteContext segment, AbortCheck abort) {
    this.segment = segment;
    this.abort = abort;
    this.budget = segment.params().mergeBudgetBytes();
  }

  /**
   * How vectors are coded.
   *
   * @param used supports {@code encoding}
   * @param arrived of the vectors to encode, how many came after its training; more counts as all
   */
  record Coding(SegmentCodebook used, Encoding encoding, int arrived) {
    Codebook codebook() {
      return used.codebook();
    }

    int nlist() {
      return codebook().nlist();
    }
  }

  /**
   * What was written.
   *
   * @param copied vectors whose codes were copied
   */
  record Written(ListsMeta lists, int copied) {}

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
    Fit plus(int kept, CopiedEntries copied) {
      ListStatistics own = copied.meta().statistics();
      int all = Math.max(1, copied.vectors());
      Fit sum = own.measured() ? plus(kept, own.energy()) : this;
      return new Fit(sum.vectors, sum.energy, arrived + (double) own.arrived() * kept / all);
    }

    ListStatistics statistics(Coding coding, int encodedArrived) {
      return new ListStatistics(
          coding.used.training(),
          vectors > 0,
          vectors > 0 ? energy / vectors : 0,
          encodedArrived + (int) Math.round(arrived));
    }
  }

  /**
   * Copies codes, then assigns and encodes the vectors that this leaves over.
   *
   * @param vectors all of them, at least one
   * @param copies lists of inputs coded in just this way, if any
   */
  Written write(
      Coding coding, RandomVectors vectors, List<CopiedEntries> copies, VectorEncoder encoder)
      throws IOException {
    List<EntrySource> sources = new ArrayList<>(copies);
    RandomVectors others = vectors;
    FixedBitSet ords = null;
    int copied = 0;
    Fit fit = Fit.NONE;
    SegmentReach reach = new SegmentReach(coding.codebook());
    if (!copies.isEmpty()) {
      ords = new FixedBitSet(vectors.size());
      for (CopiedEntries copy : copies) {
        int kept = copy.markIn(ords, abort);
        copied += kept;
        fit = fit.plus(kept, copy);
        reach.addCopied(copy.meta());
      }
      ords.flip(0, vectors.size());
      others = new VectorSubset(vectors, ords, vectors.size() - copied);
    }
    if (others.size() == 0) {
      ListsMeta lists = write(coding, vectors.size(), sources);
      return new Written(lists.with(fit.statistics(coding, 0), reach.reach()), copied);
    }
    EnergySample sample = new EnergySample(others);
    try (EncodedVectors codes = stage(coding, sample, encoder)) {
      sources.add(entries(codes.own(), ords, false, coding));
      if (codes.copies().count() > 0) {
        sources.add(entries(codes.copies(), copied(codes.copied(), ords), true, coding));
      }
      Fit all = fit.plus(others.size(), sample.energy(coding.codebook(), codes.own(), abort));
      reach.addEncoded(others, codes.own(), abort);
      int arrived = Math.clamp(coding.arrived, 0, others.size());
      ListsMeta lists = write(coding, vectors.size(), sources);
      return new Written(lists.with(all.statistics(coding, arrived), reach.reach()), copied);
    }
  }

  private StagedEntries entries(
      StagedCodes codes, @Nullable FixedBitSet ords, boolean second, Coding coding)
      throws IOException {
    return new StagedEntries(codes, ords, second, coding.nlist(), maxEntries(coding), abort);
  }

  /**
   * Returns the ordinals of the vectors that have a second entry.
   *
   * @param copied which of those coded
   * @param ords ordinals of those coded, in their order; null if all are
   */
  private static FixedBitSet copied(FixedBitSet copied, @Nullable FixedBitSet ords) {
    if (ords == null) {
      return copied;
    }
    FixedBitSet found = new FixedBitSet(ords.length());
    int coded = 0;
    for (int ord = ords.nextSetBit(0); ord != DocIdSetIterator.NO_MORE_DOCS; ) {
      if (copied.get(coded++)) {
        found.set(ord);
      }
      ord = ord + 1 < ords.length() ? ords.nextSetBit(ord + 1) : DocIdSetIterator.NO_MORE_DOCS;
    }
    return found;
  }

  /** A quarter of the budget: an ordinal and a place each, of first and of second entries. */
  private int maxEntries(Coding coding) {
    return (int) Math.clamp(budget / (coding.codebook().spills() ? 64 : 32), 1, 1 << 28);
  }

  /** Codes vectors; the caller closes what is returned. */
  private EncodedVectors stage(Coding coding, VectorSource vectors, VectorEncoder encoder)
      throws IOException {
    int recordBytes = coding.encoding.recordBytes(vectors.dim());
    boolean spills = coding.codebook().spills();
    long bytes = (spills ? 2L : 1L) * vectors.size() * (recordBytes + Integer.BYTES);
    boolean inHeap = bytes <= Math.min(budget / 4, 1 << 30);
    EncodedVectors codes =
        new EncodedVectors(
            vectors.size(),
            spills,
            first ->
                inHeap
                    ? new HeapCodes(coding.nlist(), recordBytes, first ? vectors.size() : 0)
                    : new TempFileCodes(segment.state(), coding.nlist(), recordBytes));
    try {
      encoder.encode(coding.codebook(), coding.encoding, vectors, codes, abort);
      codes.seal();
      return codes;
    } catch (IOException | RuntimeException e) {
      IOUtils.closeWhileSuppressingExceptions(e, codes);
      throw e;
    }
  }

  private ListsMeta write(Coding coding, int vectors, List<EntrySource> sources)
      throws IOException {
    Codebook codebook = coding.codebook();
    abort.check();
    Extent book = writeBytes(codebook.toBytes());
    abort.check();
    Extent routing = writeBytes(CentroidRanking.codes(codebook));
    CodeBlock layout =
        new CodeBlock(coding.encoding, codebook.dim(), CodeBlock.ordBytesFor(vectors));
    int maxOrds = (int) Math.clamp(budget / (codebook.spills() ? 32 : 16), 1, 1 << 28);
    PostingListWriter writer =
        new PostingListWriter(layout, coding.nlist(), vectors, codebook.spills(), maxOrds, abort);
    SegmentOutputs outputs = segment.outputs();
    Extent postings = writer.writePostings(sources, outputs.get(IvfFiles.POSTINGS));
    Extent ordinals = writer.writeOrdinals(sources, outputs.get(IvfFiles.ORDINALS));
    return new ListsMeta(
        coding.encoding,
        codebook.id(),
        coding.used.calibration(),
        (float) segment.params().targetRecall(),
        new FieldMeta.Places(book, routing, postings, ordinals),
        writer.sizes());
  }

  private Extent writeBytes(byte[] bytes) throws IOException {
    IndexOutput out = segment.outputs().get(IvfFiles.CENTROIDS);
    long start = out.alignFilePointer(IvfFiles.ALIGNMENT);
    out.writeBytes(bytes, bytes.length);
    return new Extent(start, bytes.length);
  }
}
