// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.write;

import io.github.luceneivf.codec.config.IvfParams;
import io.github.luceneivf.codec.config.Ports;
import io.github.luceneivf.codec.file.RawVectors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.lucene.codecs.KnnFieldVectorsWriter;
import org.apache.lucene.codecs.KnnVectorsWriter;
import org.apache.lucene.codecs.hnsw.FlatFieldVectorsWriter;
import org.apache.lucene.codecs.hnsw.FlatVectorsFormat;
import org.apache.lucene.codecs.hnsw.FlatVectorsReader;
import org.apache.lucene.codecs.hnsw.FlatVectorsWriter;
import org.apache.lucene.index.ByteVectorValues;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.MergeState;
import org.apache.lucene.index.SegmentReadState;
import org.apache.lucene.index.SegmentWriteState;
import org.apache.lucene.index.Sorter;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.util.IORunnable;
import org.apache.lucene.util.IOUtils;
import org.apache.lucene.util.RamUsageEstimator;
import org.jspecify.annotations.Nullable;

/**
 * Writes the vectors of a segment: raw ones through Lucene's flat format, and beside them what
 * {@link FieldIndexer} makes of them. Confined to the thread of the flush or merge.
 */
public final class IvfVectorsWriter extends KnnVectorsWriter {

  private static final long SHALLOW_RAM_BYTES =
      RamUsageEstimator.shallowSizeOfInstance(IvfVectorsWriter.class);

  private final SegmentWriteState state;
  private final FlatVectorsFormat rawFormat;
  private final FlatVectorsWriter raw;
  private final WriteContext segment;
  private final List<Field> fields = new ArrayList<>();
  private @Nullable FlatVectorsReader merged;
  private boolean rawFinished;

  private record Field(FieldInfo info, FlatFieldVectorsWriter<?> buffer) {}

  /**
   * Creates the files of a segment.
   *
   * @throws IOException if that fails; nothing stays open then
   */
  public IvfVectorsWriter(
      SegmentWriteState state, IvfParams params, Ports ports, FlatVectorsFormat rawFormat)
      throws IOException {
    this.state = state;
    this.rawFormat = rawFormat;
    this.raw = rawFormat.fieldsWriter(state);
    try {
      this.segment = new WriteContext(state, params, ports, new SegmentOutputs(state));
    } catch (IOException | RuntimeException e) {
      IOUtils.closeWhileSuppressingExceptions(e, raw);
      throw e;
    }
  }

  @Override
  @SuppressWarnings("unchecked") // the encoding of the field says what its vectors are
  public KnnFieldVectorsWriter<?> addField(FieldInfo fieldInfo) throws IOException {
    FlatFieldVectorsWriter<?> buffer = raw.addField(fieldInfo);
    fields.add(new Field(fieldInfo, buffer));
    return fieldInfo.getVectorEncoding() == VectorEncoding.FLOAT32
        ? new FiniteVectors(fieldInfo, (KnnFieldVectorsWriter<float[]>) buffer)
        : buffer;
  }

  @Override
  public void flush(int maxDoc, Sorter.@Nullable DocMap sortMap) throws IOException {
    raw.flush(maxDoc, sortMap);
    for (Field field : fields) {
      new FlushIndexer(segment, new FieldVectors(field.info, buffered(field, sortMap))).index();
    }
  }

  private static BufferedVectors buffered(Field field, Sorter.@Nullable DocMap sortMap)
      throws IOException {
    KnnVectorValues vectors = values(field);
    int[] oldOrds = null;
    if (sortMap != null) {
      oldOrds = new int[vectors.size()];
      mapOldOrdToNewOrd(field.buffer.getDocsWithFieldSet(), sortMap, null, oldOrds, null);
    }
    return new BufferedVectors(vectors, oldOrds);
  }

  @SuppressWarnings("unchecked") // the encoding of the field says what its vectors are
  private static KnnVectorValues values(Field field) {
    int dim = field.info.getVectorDimension();
    List<?> vectors = field.buffer.getVectors();
    return switch (field.info.getVectorEncoding()) {
      case FLOAT32 -> FloatVectorValues.fromFloats((List<float[]>) vectors, dim);
      case BYTE -> ByteVectorValues.fromBytes((List<byte[]>) vectors, dim);
    };
  }

  @Override
  public @Nullable IORunnable mergeOneField(FieldInfo fieldInfo, MergeState mergeState)
      throws IOException {
    raw.mergeOneField(fieldInfo, mergeState);
    return () -> indexMerged(fieldInfo, mergeState);
  }

  /** Second phase of a merge: the raw vectors of all fields are written. */
  private void indexMerged(FieldInfo field, MergeState mergeState) throws IOException {
    FlatVectorsReader reader = reopenRaw();
    MergedVectors vectors =
        new MergedVectors(Objects.requireNonNull(RawVectors.of(reader, field), field.name));
    MergeIndexer.of(segment, field, vectors, mergeState).index();
  }

  private FlatVectorsReader reopenRaw() throws IOException {
    if (merged == null) {
      raw.finish();
      raw.close();
      rawFinished = true;
      merged =
          rawFormat.fieldsReader(
              new SegmentReadState(
                  state.directory,
                  state.segmentInfo,
                  state.fieldInfos,
                  state.context,
                  state.segmentSuffix));
    }
    return merged;
  }

  @Override
  public void finish() throws IOException {
    if (!rawFinished) {
      raw.finish();
    }
    segment.outputs().finish();
  }

  @Override
  public long ramBytesUsed() {
    return SHALLOW_RAM_BYTES + raw.ramBytesUsed();
  }

  @Override
  public void close() throws IOException {
    IOUtils.close(segment.outputs(), rawFinished ? null : raw, merged);
  }
}
