// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.write;

import io.github.luceneivf.calibration.Calibration;
import io.github.luceneivf.codebook.AbortCheck;
import io.github.luceneivf.codebook.CodebookId;
import io.github.luceneivf.codec.file.Extent;
import io.github.luceneivf.codec.file.FieldMeta;
import io.github.luceneivf.codec.file.ListsMeta;
import io.github.luceneivf.codec.file.Ordinals;
import io.github.luceneivf.codec.file.PostingLists;
import io.github.luceneivf.quantization.CodeBlock;
import io.github.luceneivf.quantization.Encoding;
import java.util.Arrays;
import java.util.List;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.FixedBitSet;

public class TestPostingListWriter extends LuceneTestCase {

  /** Every ordinal leads to its list and position, and there lies its record, for any budget. */
  public void testOrdinalsLeadToTheirRecords() throws Exception {
    Encoding encoding = Encoding.all().get(random().nextInt(Encoding.all().size()));
    int dim = 1 + random().nextInt(70);
    int n = 1 + random().nextInt(3_000);
    int nlist = 1 + random().nextInt(20);
    int recordBytes = encoding.recordBytes(dim);
    int[] lists = new int[n];
    byte[] records = new byte[n * recordBytes];
    for (int ord = 0; ord < n; ord++) {
      lists[ord] = random().nextInt(nlist);
    }
    random().nextBytes(records);
    boolean spills = nlist > 1 && random().nextBoolean();
    FixedBitSet copied = new FixedBitSet(n);
    int[] second = new int[n];
    int copies = 0;
    for (int ord = 0; spills && ord < n; ord++) {
      if (random().nextInt(3) == 0) {
        copied.set(ord);
        second[copies++] = (lists[ord] + 1 + random().nextInt(nlist - 1)) % nlist;
      }
    }
    byte[] copyRecords = new byte[copies * recordBytes];
    random().nextBytes(copyRecords);
    CodeBlock layout = new CodeBlock(encoding, dim, CodeBlock.ordBytesFor(n));
    try (StagedCodes codes = new HeapCodes(nlist, recordBytes, n);
        StagedCodes others = new HeapCodes(nlist, recordBytes, n);
        Directory directory = new ByteBuffersDirectory()) {
      codes.add(n, lists, records);
      others.add(copies, second, copyRecords);
      int[] sizes;
      FieldMeta.Places places;
      try (IndexOutput postings = directory.createOutput("p", IOContext.DEFAULT);
          IndexOutput ordinals = directory.createOutput("o", IOContext.DEFAULT)) {
        postings.writeByte((byte) 1); // lists do not begin at 0 in a file with a header
        int maxEntries = 1 + random().nextInt(2 * n);
        int maxOrds = 1 + random().nextInt(2 * n);
        List<EntrySource> sources =
            List.of(
                new StagedEntries(codes, null, false, nlist, maxEntries, AbortCheck.NONE),
                new StagedEntries(others, copied, true, nlist, maxEntries, AbortCheck.NONE));
        PostingListWriter writer =
            new PostingListWriter(layout, nlist, n, spills, maxOrds, AbortCheck.NONE);
        Extent written = writer.writePostings(sources, postings);
        sizes = writer.sizes();
        Extent packed = writer.writeOrdinals(sources, ordinals);
        places = new FieldMeta.Places(Extent.NONE, Extent.NONE, written, packed);
      }
      ListsMeta meta =
          new ListsMeta(
              encoding,
              CodebookId.hashOf(new byte[0]),
              Calibration.uncalibrated(),
              0.95f,
              places,
              sizes);
      try (IndexInput postings = directory.openInput("p", IOContext.DEFAULT);
          IndexInput ordinals = directory.openInput("o", IOContext.DEFAULT)) {
        PostingLists stored = new PostingLists(postings, places.postings(), layout, sizes);
        PostingLists.Cursor cursor = stored.cursor();
        Ordinals entries = new Ordinals(ordinals, meta);
        byte[] record = new byte[recordBytes];
        for (int ord = 0; ord < n; ord++) {
          int list = entries.list(ord);
          int position = entries.position(ord);
          assertEquals(lists[ord], list);
          cursor.moveTo(list);
          int width = CodeBlock.widthAt(position, sizes[list]);
          long block = cursor.base() + layout.blockOffset(position, sizes[list]);
          int start = position < sizes[list] / 64 * 64 ? position / 64 * 64 : sizes[list] / 64 * 64;
          int lane = (position - start) % width;
          assertEquals(ord, layout.ord(cursor.memory(), block, lane));
          layout.unpack(cursor.memory(), block, width, lane, record, 0);
          assertArrayEquals(
              Arrays.copyOfRange(records, ord * recordBytes, (ord + 1) * recordBytes), record);
        }
        assertEquals(n + copies, meta.entries());
        int copy = 0;
        for (int ord = 0; ord < n; ord++) {
          if (copied.get(ord)) {
            cursor.moveTo(second[copy]);
            cursor.record(positionOf(cursor, ord, sizes[second[copy]]), record, 0);
            assertArrayEquals(
                Arrays.copyOfRange(copyRecords, copy * recordBytes, ++copy * recordBytes), record);
          }
        }
      }
    }
  }

  private static int positionOf(PostingLists.Cursor cursor, int ord, int size) {
    for (int position = 0; position < size; position++) {
      if (cursor.ord(position) == ord) {
        return position;
      }
    }
    throw new AssertionError("ordinal " + ord + " is not in its second list");
  }
}
