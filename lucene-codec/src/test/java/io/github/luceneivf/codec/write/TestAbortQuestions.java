// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.write;

import io.github.luceneivf.calibration.Calibration;
import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.clustering.VectorSpace;
import io.github.luceneivf.codebook.AbortCheck;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codec.file.Extent;
import io.github.luceneivf.codec.file.FieldMeta;
import io.github.luceneivf.codec.file.ListsMeta;
import io.github.luceneivf.codec.file.Ordinals;
import io.github.luceneivf.codec.file.PostingLists;
import io.github.luceneivf.codec.file.SegmentCodebook;
import io.github.luceneivf.codec.file.StoredLists;
import io.github.luceneivf.quantization.CodeBlock;
import io.github.luceneivf.quantization.Encoding;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.FixedBitSet;

/** Every pass over all vectors of a merge asks on its way whether to go on, however many. */
public class TestAbortQuestions extends LuceneTestCase {

  private static final int N = 200_000;
  private static final int STRETCH = 1 << 14;
  private static final int DIM = 1;
  private static final Encoding ENCODING = Encoding.INT8;
  private static final int RECORD = ENCODING.recordBytes(DIM);
  private static final CodeBlock LAYOUT = new CodeBlock(ENCODING, DIM, CodeBlock.ordBytesFor(N));

  private int asked;
  private final AbortCheck count = () -> asked++;
  private final Codebook codebook =
      Codebook.oneList(new VectorSpace(Metric.EUCLIDEAN, 0), new float[DIM], N);

  private interface Pass {
    void run() throws IOException;
  }

  private int askedIn(Pass pass) throws IOException {
    asked = 0;
    pass.run();
    return asked;
  }

  private static void assertOften(String pass, int most, int asked) {
    assertTrue(pass + ": asked " + asked + " times", asked >= N / most);
  }

  /** Everything lies in one list. */
  private static HeapCodes codes() throws IOException {
    HeapCodes codes = new HeapCodes(1, RECORD, N);
    codes.add(N, new int[N], new byte[N * RECORD]);
    return codes;
  }

  private PostingListWriter writer() {
    return new PostingListWriter(LAYOUT, 1, N, false, N, count);
  }

  public void testPassesOverCodesJustMade() throws Exception {
    try (HeapCodes codes = codes();
        Directory directory = new ByteBuffersDirectory();
        IndexOutput out = directory.createOutput("f", IOContext.DEFAULT)) {
      StagedEntries[] entries = new StagedEntries[1];
      assertOften(
          "sizes",
          StagedCodes.BATCH,
          askedIn(() -> entries[0] = new StagedEntries(codes, null, false, 1, N, count)));
      assertOften(
          "gathering",
          StagedCodes.BATCH,
          askedIn(() -> entries[0].gather(0, 0, new ListEntries())));
      entries[0].rewind();
      EnergySample sample = new EnergySample(new FloatMatrix(new float[N], N, 1).asSource());
      sample.forEachBatch(1_000, (_, _, _) -> {});
      assertOften(
          "energy", StagedCodes.BATCH, askedIn(() -> sample.energy(codebook, codes, count)));
      PostingListWriter writer = writer();
      assertOften(
          "lists",
          CodeBlock.WIDTH,
          askedIn(() -> writer.writePostings(List.<EntrySource>of(entries[0]), out)));
      assertOften(
          "ordinals",
          STRETCH,
          askedIn(() -> writer.writeOrdinals(List.<EntrySource>of(entries[0]), out)));
    }
  }

  public void testPassesOverInputs() throws Exception {
    FloatVectorValues values =
        FloatVectorValues.fromFloats(Collections.nCopies(N, new float[DIM]), DIM);
    DocToOrd[] merged = new DocToOrd[1];
    assertOften("documents", STRETCH, askedIn(() -> merged[0] = DocToOrd.of(values, N + 1, count)));
    try (HeapCodes codes = codes();
        Directory directory = new ByteBuffersDirectory()) {
      Extent extent;
      Extent positions;
      try (IndexOutput out = directory.createOutput("p", IOContext.DEFAULT);
          IndexOutput ords = directory.createOutput("o", IOContext.DEFAULT)) {
        List<EntrySource> sources = List.of(new StagedEntries(codes, null, false, 1, N, count));
        PostingListWriter writer = writer();
        extent = writer.writePostings(sources, out);
        positions = writer.writeOrdinals(sources, ords);
      }
      try (IndexInput in = directory.openInput("p", IOContext.DEFAULT);
          IndexInput ords = directory.openInput("o", IOContext.DEFAULT)) {
        int[] sizes = {N};
        ListsMeta meta =
            new ListsMeta(
                ENCODING,
                codebook.id(),
                Calibration.uncalibrated(),
                0.95f,
                new FieldMeta.Places(Extent.NONE, Extent.NONE, extent, positions),
                sizes);
        StoredLists stored =
            new StoredLists(
                meta,
                new SegmentCodebook(codebook, Calibration.uncalibrated()),
                new PostingLists(in, extent, LAYOUT, sizes),
                new Ordinals(ords, meta),
                values);
        CopiedEntries copied = new CopiedEntries(stored, doc -> doc, merged[0]);
        assertOften("marks", STRETCH, askedIn(() -> copied.markIn(new FixedBitSet(N), count)));
      }
    }
  }
}
