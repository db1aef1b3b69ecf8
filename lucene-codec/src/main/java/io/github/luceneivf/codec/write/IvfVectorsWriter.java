// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.write;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.codebook.AbortCheck;
import io.github.luceneivf.codebook.LocalVectorEncoder;
import io.github.luceneivf.codec.config.IndexEvent;
import io.github.luceneivf.codec.config.IvfParams;
import io.github.luceneivf.codec.config.Ports;
import io.github.luceneivf.codec.file.FieldMeta;
import io.github.luceneivf.codec.file.IvfFiles;
import io.github.luceneivf.codec.file.Metrics;
import io.github.luceneivf.codec.file.SegmentCodebook;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import org.apache.lucene.codecs.KnnFieldVectorsWriter;
import org.apache.lucene.codecs.KnnVectorsWriter;
import org.apache.lucene.codecs.hnsw.FlatFieldVectorsWriter;
import org.apache.lucene.codecs.hnsw.FlatVectorsFormat;
import org.apache.lucene.codecs.hnsw.FlatVectorsReader;
import org.apache.lucene.codecs.hnsw.FlatVectorsWriter;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.MergeState;
import org.apache.lucene.index.SegmentReadState;
import org.apache.lucene.index.SegmentWriteState;
import org.apache.lucene.index.Sorter;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.util.IORunnable;
import org.apache.lucene.util.IOSupplier;
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
  private final IvfParams params;
  private final Ports ports;
  private final FlatVectorsFormat rawFormat;
  private final FlatVectorsWriter raw;
  private final SegmentOutputs outputs;
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
    this.params = params;
    this.ports = ports;
    this.rawFormat = rawFormat;
    this.raw = rawFormat.fieldsWriter(state);
    try {
      this.outputs = new SegmentOutputs(state);
    } catch (IOException | RuntimeException e) {
      IOUtils.closeWhileSuppressingExceptions(e, raw);
      throw e;
    }
  }

  @Override
  public KnnFieldVectorsWriter<?> addField(FieldInfo fieldInfo) throws IOException {
    FlatFieldVectorsWriter<?> buffer = raw.addField(fieldInfo);
    fields.add(new Field(fieldInfo, buffer));
    return buffer;
  }

  @Override
  public void flush(int maxDoc, Sorter.@Nullable DocMap sortMap) throws IOException {
    raw.flush(maxDoc, sortMap);
    FieldIndexer indexer =
        indexer(
            new FieldIndexer.Run(
                IndexEvent.Cause.FLUSH,
                new LocalVectorEncoder(),
                AbortCheck.NONE,
                List.of(),
                Optional.empty()));
    for (Field field : fields) {
      if (field.info.getVectorEncoding() == VectorEncoding.BYTE) {
        writeExact(field.info, field.buffer.getDocsWithFieldSet().cardinality());
        continue;
      }
      BufferedVectors vectors = buffered(field, sortMap);
      Metric metric = Metrics.of(field.info.getVectorSimilarityFunction());
      flush(indexer, field.info, metric, vectors);
    }
  }

  /** The first flushes of a field, if several run at a time, train one codebook, not one each. */
  private void flush(FieldIndexer indexer, FieldInfo field, Metric metric, BufferedVectors vectors)
      throws IOException {
    IndexPlan plan = planFlush(field, metric, vectors);
    if (!(plan instanceof IndexPlan.Train)) {
      indexer.index(field, metric, vectors, plan);
      return;
    }
    Lock training = KnownCodebooks.trainingOf(state, field.name);
    training.lock();
    try {
      indexer.index(field, metric, vectors, planFlush(field, metric, vectors));
    } finally {
      training.unlock();
    }
  }

  private IndexPlan planFlush(FieldInfo field, Metric metric, BufferedVectors vectors)
      throws IOException {
    return new IndexPlanner(params, metric, vectors.dim())
        .flush(
            vectors.size(),
            known(field, vectors.size(), () -> vectors.spread(CodebookFit.SAMPLE)),
            !ports.trainer().isRemote());
  }

  @SuppressWarnings("unchecked") // the encoding of the field says what its vectors are
  private static BufferedVectors buffered(Field field, Sorter.@Nullable DocMap sortMap)
      throws IOException {
    List<float[]> vectors = (List<float[]>) field.buffer.getVectors();
    int[] oldOrds = null;
    if (sortMap != null) {
      oldOrds = new int[vectors.size()];
      mapOldOrdToNewOrd(field.buffer.getDocsWithFieldSet(), sortMap, null, oldOrds, null);
    }
    return new BufferedVectors(vectors, oldOrds, field.info.getVectorDimension());
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
    if (field.getVectorEncoding() == VectorEncoding.BYTE) {
      writeExact(field, reader.getByteVectorValues(field.name).size());
      return;
    }
    FloatVectorValues values = reader.getFloatVectorValues(field.name);
    Metric metric = Metrics.of(field.getVectorSimilarityFunction());
    MergedVectors vectors = new MergedVectors(values);
    List<MergeInput> inputs = MergeInput.of(field, mergeState);
    LiveIndex index =
        new LiveIndex(
            state.segmentInfo, field.name, inputs, mergeState::checkAborted, state.infoStream);
    IndexPlan plan = plan(field, vectors, inputs, index);
    boolean renews = plan instanceof IndexPlan.Train train && train.parent().isPresent();
    boolean mayTrain = renews && index.beginTraining();
    try {
      // Someone may have trained since, or be about to: then this merge has no reason to.
      plan = renews ? plan(field, vectors, inputs, mayTrain ? index : null) : plan;
      indexer(
              new FieldIndexer.Run(
                  IndexEvent.Cause.MERGE,
                  ports.encoder(),
                  mergeState::checkAborted,
                  inputs,
                  Optional.of(index)))
          .index(field, metric, vectors, plan);
    } finally {
      if (mayTrain) {
        index.endTraining();
      }
    }
  }

  /** Plans a merge; without an index to look at, no new version is due. */
  private IndexPlan plan(
      FieldInfo field, MergedVectors vectors, List<MergeInput> inputs, @Nullable LiveIndex index)
      throws IOException {
    Metric metric = Metrics.of(field.getVectorSimilarityFunction());
    return new IndexPlanner(params, metric, field.getVectorDimension())
        .merge(
            vectors.size(),
            inputs,
            known(field, vectors.size(), () -> vectors.spread(CodebookFit.SAMPLE)),
            current ->
                index == null ? IndexFit.of(0) : index.fit(current.codebook(), vectors.size()));
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

  private FieldIndexer indexer(FieldIndexer.Run run) {
    return new FieldIndexer(state, params, ports, outputs, run);
  }

  /** Codebooks at hand in this process; none where they are not needed. */
  private List<SegmentCodebook> known(FieldInfo field, int vectors, IOSupplier<FloatMatrix> sample)
      throws IOException {
    if (vectors == 0 || vectors < params.thresholds().exact()) {
      return List.of();
    }
    List<SegmentCodebook> known = new ArrayList<>();
    KnownCodebooks.find(state, field.name, sample).ifPresent(known::add);
    ports.source().latest(field.name).map(SegmentCodebook::of).ifPresent(known::add);
    return known;
  }

  private void writeExact(FieldInfo field, int vectors) throws IOException {
    new FieldMeta(field.number, vectors, Optional.empty()).write(outputs.get(IvfFiles.META));
  }

  @Override
  public void finish() throws IOException {
    if (!rawFinished) {
      raw.finish();
    }
    outputs.finish();
  }

  @Override
  public long ramBytesUsed() {
    return SHALLOW_RAM_BYTES + raw.ramBytesUsed();
  }

  @Override
  public void close() throws IOException {
    IOUtils.close(outputs, rawFinished ? null : raw, merged);
  }
}
