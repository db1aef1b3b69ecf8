// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.write;

import java.io.IOException;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.lucene.codecs.CodecUtil;
import org.apache.lucene.index.SegmentWriteState;
import org.apache.lucene.store.ChecksumIndexInput;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.util.IOUtils;
import org.jspecify.annotations.Nullable;

/** Encoded vectors in two temporary files: list numbers, and records. */
final class TempFileCodes extends StagedCodes {

  private final SegmentWriteState state;
  private @Nullable IndexOutput lists;
  private @Nullable IndexOutput records;
  private @Nullable String listsName;
  private @Nullable String recordsName;
  private @Nullable IndexInput sealedRecords;

  TempFileCodes(SegmentWriteState state, int nlist, int recordBytes) {
    super(nlist, recordBytes);
    this.state = state;
  }

  @Override
  void store(int batch, int[] from, byte[] codes) throws IOException {
    if (lists == null) {
      lists = state.directory.createTempOutput(state.segmentInfo.name, "ivf-lists", state.context);
      listsName = lists.getName();
    }
    if (records == null) {
      records =
          state.directory.createTempOutput(state.segmentInfo.name, "ivf-codes", state.context);
      recordsName = records.getName();
    }
    for (int i = 0; i < batch; i++) {
      lists.writeInt(from[i]);
    }
    records.writeBytes(codes, 0, batch * recordBytes());
  }

  @Override
  void drop() throws IOException {
    close();
  }

  @Override
  void seal() throws IOException {
    if (lists == null || records == null || recordsName == null) {
      return;
    }
    CodecUtil.writeFooter(lists);
    CodecUtil.writeFooter(records);
    IOUtils.close(lists, records);
    lists = null;
    records = null;
    sealedRecords = state.directory.openInput(recordsName, IOContext.DEFAULT);
  }

  @Override
  void forEachList(ListConsumer consumer) throws IOException {
    if (listsName == null) {
      return;
    }
    try (ChecksumIndexInput in = state.directory.openChecksumInput(listsName)) {
      int[] batch = new int[Math.min(BATCH, count())];
      for (int from = 0; from < count(); from += batch.length) {
        int length = Math.min(batch.length, count() - from);
        in.readInts(batch, 0, length);
        consumer.accept(from, length, batch);
      }
      CodecUtil.checkFooter(in);
    }
  }

  @Override
  void record(int ord, byte[] to, int offset) throws IOException {
    if (sealedRecords == null) {
      throw new IllegalStateException("seal must be called first");
    }
    sealedRecords.seek((long) ord * recordBytes());
    sealedRecords.readBytes(to, offset, recordBytes());
  }

  @Override
  public void close() throws IOException {
    IOUtils.close(lists, records, sealedRecords);
    lists = null;
    records = null;
    sealedRecords = null;
    String first = listsName;
    String second = recordsName;
    listsName = null;
    recordsName = null;
    IOUtils.deleteFilesIgnoringExceptions(
        state.directory, Stream.of(first, second).filter(Objects::nonNull).toArray(String[]::new));
  }
}
