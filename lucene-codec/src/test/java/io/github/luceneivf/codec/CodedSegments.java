// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import io.github.luceneivf.clustering.VectorSource;
import io.github.luceneivf.codebook.AbortCheck;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.EncodedSink;
import io.github.luceneivf.codebook.LocalVectorEncoder;
import io.github.luceneivf.codebook.VectorEncoder;
import io.github.luceneivf.codec.file.IvfFiles;
import io.github.luceneivf.codec.file.ListsProvider;
import io.github.luceneivf.codec.file.Ordinals;
import io.github.luceneivf.codec.file.PostingLists;
import io.github.luceneivf.codec.file.RawVectors;
import io.github.luceneivf.codec.file.StoredLists;
import io.github.luceneivf.quantization.CodeBlock;
import io.github.luceneivf.quantization.Encoding;
import java.io.IOException;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.apache.lucene.codecs.perfield.PerFieldKnnVectorsFormat;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.SegmentReadState;
import org.apache.lucene.index.SegmentReader;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;

/** What lies in the posting lists of segments, compared with encoding their vectors anew. */
final class CodedSegments {

  private CodedSegments() {}

  static StoredLists lists(LeafReader leaf) throws IOException {
    return ((ListsProvider) VectorIndexing.vectorsReader(leaf))
        .lists(VectorIndexing.FIELD)
        .orElseThrow();
  }

  /** Returns the codebooks of a field, by their ids. */
  static Set<String> codebooks(DirectoryReader reader, String field) throws IOException {
    return IvfStatistics.of(reader, field).codebooks().stream()
        .map(used -> used.fit().codebook())
        .collect(Collectors.toSet());
  }

  /** Returns the entries of the lists of all segments. */
  static long entries(IndexReader reader) throws IOException {
    long entries = 0;
    for (LeafReaderContext leaf : reader.leaves()) {
      entries += lists(leaf.reader()).meta().entries();
    }
    return entries;
  }

  /**
   * Checks every entry of every list bit for bit: each vector once, in ascending order, in the list
   * and with the code that assignment and encoding give it; and that {@code .ivo} leads there.
   */
  static void assertAsEncodedAnew(LeafReader leaf) throws IOException {
    StoredLists stored = lists(leaf);
    int n = stored.values().size();
    Anew anew = new Anew(n, stored.meta().encoding().recordBytes(stored.values().dimension()));
    new LocalVectorEncoder()
        .encode(
            stored.codebook().codebook(),
            stored.meta().encoding(),
            new Values(stored.values()),
            anew,
            AbortCheck.NONE);
    CodeBlock layout = stored.postings().layout();
    PostingLists.Cursor cursor = stored.postings().cursor();
    byte[] record = new byte[anew.recordBytes];
    int[] positions = new int[n];
    Arrays.fill(positions, -1);
    int found = 0;
    for (int list = 0; list < stored.postings().nlist(); list++) {
      int size = stored.postings().size(list);
      cursor.moveTo(list);
      int last = -1;
      for (int at = 0; at < size; ) {
        int width = CodeBlock.widthAt(at, size);
        long block = cursor.base() + layout.blockOffset(at, size);
        for (int lane = 0; lane < Math.min(width, size - at); lane++) {
          int ord = layout.ord(cursor.memory(), block, lane);
          assertTrue("ascending: " + last + ", " + ord, ord > last);
          last = ord;
          boolean second = anew.lists[ord] != list;
          if (second) {
            assertEquals("second list of " + ord, anew.secondLists[ord], list);
            found++;
          } else {
            assertEquals("once: " + ord, -1, positions[ord]);
            positions[ord] = at + lane;
          }
          layout.unpack(cursor.memory(), block, width, lane, record, 0);
          assertArrayEquals(
              "code of " + ord,
              Arrays.copyOfRange(
                  second ? anew.secondRecords : anew.records,
                  ord * record.length,
                  (ord + 1) * record.length),
              record);
        }
        at += Math.min(width, size - at);
      }
    }
    assertEquals(anew.copies, found);
    assertOrdinals((SegmentReader) leaf, stored, anew.lists, positions);
  }

  private static void assertOrdinals(
      SegmentReader leaf, StoredLists stored, int[] lists, int[] positions) throws IOException {
    FieldInfo info = leaf.getFieldInfos().fieldInfo(VectorIndexing.FIELD);
    String suffix =
        info.getAttribute(PerFieldKnnVectorsFormat.PER_FIELD_FORMAT_KEY)
            + "_"
            + info.getAttribute(PerFieldKnnVectorsFormat.PER_FIELD_SUFFIX_KEY);
    var segment = leaf.getSegmentInfo().info;
    Directory directory =
        segment.getUseCompoundFile()
            ? segment.getCodec().compoundFormat().getCompoundReader(segment.dir, segment)
            : segment.dir;
    try (Directory toClose = segment.getUseCompoundFile() ? directory : null;
        IndexInput in =
            IvfFiles.ORDINALS.open(
                new SegmentReadState(
                    directory, segment, leaf.getFieldInfos(), IOContext.DEFAULT, suffix),
                IOContext.DEFAULT)) {
      Ordinals ordinals = new Ordinals(in, stored.meta());
      for (int ord = 0; ord < lists.length; ord++) {
        assertEquals(lists[ord], ordinals.list(ord));
        assertEquals(positions[ord], ordinals.position(ord));
      }
    }
  }

  /** Raw vectors of a segment. */
  private record Values(KnnVectorValues values) implements VectorSource {
    @Override
    public int size() {
      return values.size();
    }

    @Override
    public int dim() {
      return values.dimension();
    }

    @Override
    public void forEachBatch(int batchSize, BatchConsumer consumer) throws IOException {
      float[] rows = new float[batchSize * dim()];
      RawVectors.Floats floats = RawVectors.floats(values);
      for (int from = 0; from < size(); from += batchSize) {
        int count = Math.min(batchSize, size() - from);
        for (int i = 0; i < count; i++) {
          System.arraycopy(floats.vector(from + i), 0, rows, i * dim(), dim());
        }
        consumer.accept(rows, from, count);
      }
    }
  }

  private static final class Anew implements EncodedSink {
    private final int[] lists;
    private final byte[] records;
    private final int[] secondLists;
    private final byte[] secondRecords;
    private final int recordBytes;
    private int copies;

    Anew(int n, int recordBytes) {
      this.lists = new int[n];
      this.records = new byte[n * recordBytes];
      this.secondLists = new int[n];
      this.secondRecords = new byte[n * recordBytes];
      Arrays.fill(secondLists, -1);
      this.recordBytes = recordBytes;
    }

    @Override
    public void accept(int firstOrd, int count, int[] from, byte[] codes) {
      System.arraycopy(from, 0, lists, firstOrd, count);
      System.arraycopy(codes, 0, records, firstOrd * recordBytes, count * recordBytes);
    }

    @Override
    public void acceptCopies(int count, int[] ords, int[] from, byte[] codes) {
      for (int i = 0; i < count; i++) {
        secondLists[ords[i]] = from[i];
        System.arraycopy(codes, i * recordBytes, secondRecords, ords[i] * recordBytes, recordBytes);
      }
      copies += count;
    }

    @Override
    public void restart() {}
  }

  /** Counts the vectors that a merge has encoded. */
  static final class CountingEncoder implements VectorEncoder {
    private final AtomicLong vectors = new AtomicLong();

    long vectors() {
      return vectors.get();
    }

    @Override
    public void encode(
        Codebook codebook,
        Encoding encoding,
        VectorSource source,
        EncodedSink sink,
        AbortCheck abort)
        throws IOException {
      vectors.addAndGet(source.size());
      new LocalVectorEncoder().encode(codebook, encoding, source, sink, abort);
    }
  }
}
