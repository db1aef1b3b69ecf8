// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec;

import io.github.luceneivf.codebook.ListReach;
import io.github.luceneivf.codec.file.Extent;
import io.github.luceneivf.codec.file.FieldMeta;
import io.github.luceneivf.codec.file.IvfFiles;
import io.github.luceneivf.codec.file.ListsMeta;
import io.github.luceneivf.codec.file.MetaFile;
import io.github.luceneivf.codec.file.PostingLists;
import io.github.luceneivf.quantization.CodeBlock;
import io.github.luceneivf.quantization.Encoding;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.apache.lucene.codecs.CodecUtil;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.SegmentReadState;
import org.apache.lucene.index.SegmentWriteState;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.InfoStream;

/** Meta data under a checksum that fits, which other files say to be wrong, are refused at open. */
public class TestContradictingMeta extends LuceneTestCase {

  /** Writes meta data that say something else, under a checksum that fits, and opens them. */
  private static void assertRefused(
      String message, Encoding encoding, Function<FieldMeta, List<FieldMeta>> change)
      throws IOException {
    try (Directory directory = new ByteBuffersDirectory()) {
      TestIvfCorruption.write(directory, encoding);
      SegmentReadState state = TestIvfCorruption.state(directory);
      FieldMeta meta = MetaFile.read(state).get(VectorIndexing.FIELD);
      directory.deleteFile(IvfFiles.META.fileName(state.segmentInfo, state.segmentSuffix));
      try (IndexOutput out =
          IvfFiles.META.create(
              new SegmentWriteState(
                  InfoStream.NO_OUTPUT,
                  directory,
                  state.segmentInfo,
                  state.fieldInfos,
                  null,
                  IOContext.DEFAULT,
                  state.segmentSuffix))) {
        for (FieldMeta entry : change.apply(meta)) {
          entry.write(out);
        }
        out.writeInt(FieldMeta.END);
        CodecUtil.writeFooter(out);
      }
      CorruptIndexException refused =
          expectThrows(CorruptIndexException.class, () -> DirectoryReader.open(directory));
      String told = String.valueOf(refused.getMessage());
      assertTrue(told, told.contains(message));
    }
  }

  public void testNegativeNumberOfAFieldIsRefused() throws Exception {
    assertRefused(
        "field: expected a vector field, once, got: -7",
        Encoding.BIT1,
        meta -> List.of(new FieldMeta(-7, meta.vectors(), meta.lists())));
  }

  public void testFieldThatComesTwiceIsRefused() throws Exception {
    assertRefused(
        "field: expected a vector field, once, got: ", Encoding.BIT1, meta -> List.of(meta, meta));
  }

  public void testOtherCountThanThatOfTheRawVectorsIsRefused() throws Exception {
    assertRefused(
        "vectors of field=\"v\": expected 901, got: 900",
        Encoding.BIT1,
        meta -> List.of(new FieldMeta(meta.field(), 901, Optional.empty())));
  }

  public void testEncodingThatTheCodebookDoesNotKnowIsRefused() throws Exception {
    assertRefused(
        "codebook: expected sub-codebooks for PQ8, got others",
        Encoding.BIT1,
        meta -> {
          ListsMeta lists = meta.lists().orElseThrow();
          CodeBlock layout =
              new CodeBlock(
                  Encoding.PQ8, TestIvfCorruption.DIM, CodeBlock.ordBytesFor(meta.vectors()));
          FieldMeta.Places places = lists.places();
          long bytes = PostingLists.offsets(layout, lists.sizes())[lists.nlist()];
          ListsMeta other =
              new ListsMeta(
                  Encoding.PQ8,
                  lists.codebook(),
                  lists.calibration(),
                  lists.targetRecall(),
                  new FieldMeta.Places(
                      places.codebook(),
                      places.routing(),
                      new Extent(places.postings().offset(), bytes),
                      places.ordinals()),
                  lists.sizes(),
                  lists.statistics(),
                  lists.reach());
          return List.of(new FieldMeta(meta.field(), meta.vectors(), Optional.of(other)));
        });
  }

  /** Only lists that are ranked by inner products have it. */
  public void testReachOfOtherListsIsRefused() throws Exception {
    assertRefused(
        "reach: expected that of 0 lists, got: ",
        Encoding.BIT1,
        meta -> {
          ListsMeta lists = meta.lists().orElseThrow();
          float[] along = new float[lists.nlist()];
          Arrays.fill(along, 1);
          ListsMeta other =
              lists.with(lists.statistics(), new ListReach(along, new float[along.length]));
          return List.of(new FieldMeta(meta.field(), meta.vectors(), Optional.of(other)));
        });
  }
}
