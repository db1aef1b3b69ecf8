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
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.MergeState;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.FixedBitSet;

/** Lists that are copied: any order of documents, bad input, aborts. */
public class TestCopiedEntries extends LuceneTestCase {

  private static final int N = 200;
  private static final int DIM = 8;
  private static final int NLIST = 3;
  private static final Encoding ENCODING = Encoding.INT8;
  private static final int RECORD = ENCODING.recordBytes(DIM);
  private static final CodeBlock LAYOUT = new CodeBlock(ENCODING, DIM, CodeBlock.ordBytesFor(N));

  private final int[] lists = new int[N];
  private final byte[] records = new byte[N * RECORD];
  private final FixedBitSet copied = new FixedBitSet(N);
  private final int[] second = new int[N];
  private final byte[] secondRecords = new byte[N * RECORD];
  private int copies;
  private byte[] postings = new byte[0];
  private byte[] ordinals = new byte[0];
  private byte[] copiedOrdinals = new byte[0];
  private int[] sizes = new int[NLIST];

  @Override
  public void setUp() throws Exception {
    super.setUp();
    random().nextBytes(records);
    for (int ord = 0; ord < N; ord++) {
      lists[ord] = random().nextInt(NLIST);
    }
    boolean spills = random().nextBoolean();
    random().nextBytes(secondRecords);
    for (int ord = 0; ord < N; ord++) {
      if (spills && random().nextInt(3) == 0) {
        copied.set(ord);
        second[copies++] = (lists[ord] + 1 + random().nextInt(NLIST - 1)) % NLIST;
      }
    }
    write(lists, records, copied, second, secondRecords);
  }

  private void write(
      int[] own, byte[] ownRecords, FixedBitSet both, int[] others, byte[] otherRecords)
      throws IOException {
    try (HeapCodes codes = new HeapCodes(NLIST, RECORD, N);
        HeapCodes more = new HeapCodes(NLIST, RECORD, N)) {
      codes.add(N, own, ownRecords);
      more.add(copies, others, otherRecords);
      PostingListWriter writer = writer(AbortCheck.NONE);
      int most = 1 + random().nextInt(N);
      List<EntrySource> sources =
          List.of(
              new StagedEntries(codes, null, false, NLIST, most, AbortCheck.NONE),
              new StagedEntries(more, both, true, NLIST, most, AbortCheck.NONE));
      postings = bytes(out -> writer.writePostings(sources, out));
      sizes = writer.sizes();
      ordinals = bytes(out -> writer.writeOrdinals(sources, out));
    }
  }

  private PostingListWriter writer(AbortCheck abort) {
    return new PostingListWriter(LAYOUT, NLIST, N, copies > 0, 1 + random().nextInt(N), abort);
  }

  private interface Write {
    Extent to(IndexOutput out) throws IOException;
  }

  private static byte[] bytes(Write write) throws IOException {
    try (Directory directory = new ByteBuffersDirectory()) {
      try (IndexOutput out = directory.createOutput("f", IOContext.DEFAULT)) {
        write.to(out);
      }
      try (IndexInput in = directory.openInput("f", IOContext.DEFAULT)) {
        byte[] all = new byte[(int) in.length()];
        in.readBytes(all, 0, all.length);
        return all;
      }
    }
  }

  /** Copies the lists of {@link #postings} through a map of documents. */
  private byte[] copy(MergeState.DocMap docMap, AbortCheck abort) throws IOException {
    FloatVectorValues values =
        FloatVectorValues.fromFloats(Collections.nCopies(N, new float[DIM]), DIM);
    try (Directory directory = new ByteBuffersDirectory()) {
      try (IndexOutput out = directory.createOutput("p", IOContext.DEFAULT);
          IndexOutput ords = directory.createOutput("o", IOContext.DEFAULT)) {
        out.writeBytes(postings, postings.length);
        ords.writeBytes(ordinals, ordinals.length);
      }
      try (IndexInput in = directory.openInput("p", IOContext.DEFAULT);
          IndexInput ords = directory.openInput("o", IOContext.DEFAULT)) {
        Extent extent = new Extent(0, postings.length);
        SegmentCodebook book =
            new SegmentCodebook(
                new Codebook(
                    new Codebook.Content(
                        new VectorSpace(Metric.EUCLIDEAN, 0),
                        new FloatMatrix(new float[NLIST * DIM], NLIST, DIM),
                        new float[NLIST],
                        new float[DIM],
                        1,
                        copies > 0 ? 1 : 0,
                        Optional.empty()),
                    new Codebook.Lineage(1, Optional.empty(), N)),
                Calibration.uncalibrated());
        ListsMeta meta =
            new ListsMeta(
                ENCODING,
                book.codebook().id(),
                book.calibration(),
                0.95f,
                new FieldMeta.Places(
                    Extent.NONE, Extent.NONE, extent, new Extent(0, ordinals.length)),
                sizes);
        StoredLists stored =
            new StoredLists(
                meta,
                book,
                new PostingLists(in, extent, LAYOUT, sizes),
                new Ordinals(ords, meta),
                values);
        List<EntrySource> source =
            List.of(new CopiedEntries(stored, docMap, DocToOrd.of(values, N, AbortCheck.NONE)));
        PostingListWriter writer = writer(abort);
        byte[] lists = bytes(out -> writer.writePostings(source, out));
        copiedOrdinals = bytes(out -> writer.writeOrdinals(source, out));
        return lists;
      }
    }
  }

  public void testSameOrderGivesTheSameBytes() throws Exception {
    assertArrayEquals(postings, copy(doc -> doc, AbortCheck.NONE));
    assertArrayEquals(ordinals, copiedOrdinals);
  }

  public void testReversedDocumentsAscendAgain() throws Exception {
    byte[] copiedPostings = copy(doc -> N - 1 - doc, AbortCheck.NONE);
    int[] reversedLists = new int[N];
    byte[] reversed = new byte[N * RECORD];
    FixedBitSet both = new FixedBitSet(N);
    for (int ord = 0; ord < N; ord++) {
      reversedLists[N - 1 - ord] = lists[ord];
      System.arraycopy(records, ord * RECORD, reversed, (N - 1 - ord) * RECORD, RECORD);
      if (copied.get(ord)) {
        both.set(N - 1 - ord);
      }
    }
    int[] reversedSecond = new int[N];
    byte[] reversedRecords = new byte[N * RECORD];
    for (int copy = 0; copy < copies; copy++) {
      int to = copies - 1 - copy;
      reversedSecond[to] = second[copy];
      System.arraycopy(secondRecords, copy * RECORD, reversedRecords, to * RECORD, RECORD);
    }
    write(reversedLists, reversed, both, reversedSecond, reversedRecords);
    assertArrayEquals(postings, copiedPostings);
    assertArrayEquals(ordinals, copiedOrdinals);
  }

  public void testOrdinalOutOfRangeIsReportedAsCorrupt() {
    Arrays.fill(postings, 0, 1, (byte) N);
    CorruptIndexException e =
        expectThrows(CorruptIndexException.class, () -> copy(doc -> doc, AbortCheck.NONE));
    assertMessage(e, "posting list: expected an ordinal in [0, 200), got: 200");
  }

  public void testOrdinalInTwoPlacesIsReportedAsCorrupt() {
    postings[1] = postings[0];
    CorruptIndexException e =
        expectThrows(CorruptIndexException.class, () -> copy(doc -> doc, AbortCheck.NONE));
    assertMessage(e, "expected each ordinal once, got again: ");
  }

  public void testListsOfAnotherNumberOfVectorsAreCorrupt() {
    Arrays.fill(sizes, 0);
    sizes[1] = 199;
    CorruptIndexException e =
        expectThrows(CorruptIndexException.class, () -> copy(doc -> doc, AbortCheck.NONE));
    assertMessage(e, "posting lists: expected 200 to 400 entries, got: 199");
  }

  private static void assertMessage(Exception e, String part) {
    String message = String.valueOf(e.getMessage());
    assertTrue(message, message.contains(part));
  }

  public void testVectorOfNoInputIsAnError() {
    IllegalStateException e =
        expectThrows(
            IllegalStateException.class, () -> copy(doc -> doc == 7 ? -1 : doc, AbortCheck.NONE));
    String message = String.valueOf(e.getMessage());
    assertTrue(
        message,
        message.equals("the lists must hold all 200 vectors, got: 199")
            || message.equals("ordinal 7 is in no list"));
  }

  public void testAbortIsHeardBetweenLists() {
    int[] checks = new int[1];
    AbortCheck abort =
        () -> {
          if (++checks[0] == 2) {
            throw new IOException("aborted");
          }
        };
    IOException e = expectThrows(IOException.class, () -> copy(doc -> doc, abort));
    assertEquals("aborted", e.getMessage());
    assertEquals(2, checks[0]);
  }
}
