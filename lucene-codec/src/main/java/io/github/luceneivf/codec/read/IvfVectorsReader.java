// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec.read;

import io.github.luceneivf.clustering.Metric;
import io.github.luceneivf.codec.file.FieldMeta;
import io.github.luceneivf.codec.file.IvfFiles;
import io.github.luceneivf.codec.file.ListsMeta;
import io.github.luceneivf.codec.file.ListsProvider;
import io.github.luceneivf.codec.file.LoadedCodebook;
import io.github.luceneivf.codec.file.LuceneMetric;
import io.github.luceneivf.codec.file.MetaFile;
import io.github.luceneivf.codec.file.Ordinals;
import io.github.luceneivf.codec.file.PostingLists;
import io.github.luceneivf.codec.file.RawVectors;
import io.github.luceneivf.codec.file.SegmentCodebook;
import io.github.luceneivf.codec.file.StoredLists;
import io.github.luceneivf.probe.ProbePlan;
import io.github.luceneivf.probe.QueryVectors;
import io.github.luceneivf.quantization.CodeBlock;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.lucene.codecs.CodecUtil;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.hnsw.FlatVectorsFormat;
import org.apache.lucene.codecs.hnsw.FlatVectorsReader;
import org.apache.lucene.index.ByteVectorValues;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.FieldInfos;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.SegmentInfo;
import org.apache.lucene.index.SegmentReadState;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.store.DataAccessHint;
import org.apache.lucene.store.FileDataHint;
import org.apache.lucene.store.FileTypeHint;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.util.IOUtils;

/** Reads and searches the vectors of a segment. Thread-safe once open. */
public final class IvfVectorsReader extends KnnVectorsReader implements ListsProvider {

  private final SegmentInfo segment;
  private final String metaName;
  private final FieldInfos fieldInfos;
  private final FlatVectorsReader raw;
  private final Map<IvfFiles, IndexInput> files = new EnumMap<>(IvfFiles.class);
  private final Map<String, FieldMeta> fields = new HashMap<>();
  private final Map<String, SegmentField> opened = new HashMap<>();

  /**
   * Opens the files of a segment, and reads and checks its meta data.
   *
   * @throws IOException if that fails; nothing stays open then
   */
  public IvfVectorsReader(SegmentReadState state, FlatVectorsFormat rawFormat) throws IOException {
    this.segment = state.segmentInfo;
    this.metaName = IvfFiles.META.fileName(state.segmentInfo, state.segmentSuffix);
    this.fieldInfos = state.fieldInfos;
    this.raw = rawFormat.fieldsReader(state);
    try {
      fields.putAll(MetaFile.read(state));
      IOContext context =
          state.context.withHints(
              FileTypeHint.DATA, FileDataHint.KNN_VECTORS, DataAccessHint.RANDOM);
      for (IvfFiles file : IvfFiles.values()) {
        if (file != IvfFiles.META) {
          files.put(file, file.open(state, context));
        }
      }
      LoadedCodebook.requireIntact(file(IvfFiles.CENTROIDS), fields.values());
      for (Map.Entry<String, FieldMeta> entry : fields.entrySet()) {
        opened.put(entry.getKey(), open(entry.getKey(), entry.getValue()));
      }
    } catch (IOException | RuntimeException e) {
      IOUtils.closeWhileSuppressingExceptions(e, this);
      throw e;
    }
  }

  private SegmentField open(String field, FieldMeta meta) throws IOException {
    FieldInfo info = infoOf(field);
    requireVectors(info, meta.vectors());
    if (meta.lists().isEmpty()) {
      return new SegmentField(info, raw, null);
    }
    ListsMeta lists = meta.lists().get();
    LoadedCodebook codebook =
        LoadedCodebook.read(file(IvfFiles.CENTROIDS), lists, info.getVectorDimension());
    if (codebook.codebook().metric() != LuceneMetric.of(info)) {
      throw new CorruptIndexException(
          "codebook: expected metric of "
              + info.getVectorSimilarityFunction()
              + " of "
              + info.getVectorEncoding()
              + ", got: "
              + codebook.codebook().metric(),
          file(IvfFiles.CENTROIDS));
    }
    int reach = codebook.codebook().metric() == Metric.INNER_PRODUCT ? lists.nlist() : 0;
    if (lists.reach().nlist() != reach) {
      throw new CorruptIndexException(
          "reach: expected that of " + reach + " lists, got: " + lists.reach().nlist(), metaName);
    }
    if (lists.entries() > meta.vectors() && !codebook.codebook().spills()) {
      throw new CorruptIndexException(
          "sum of list sizes: expected " + meta.vectors() + ", got: " + lists.entries(), metaName);
    }
    CodeBlock layout =
        new CodeBlock(
            lists.encoding(), info.getVectorDimension(), CodeBlock.ordBytesFor(meta.vectors()));
    PostingLists postings =
        new PostingLists(file(IvfFiles.POSTINGS), lists.places().postings(), layout, lists.sizes());
    new Ordinals(file(IvfFiles.ORDINALS), lists);
    return new SegmentField(info, raw, new SegmentLists(codebook, postings, lists, meta.vectors()));
  }

  private void requireVectors(FieldInfo info, int expected) throws IOException {
    int stored =
        info.getVectorEncoding() == VectorEncoding.FLOAT32
            ? raw.getFloatVectorValues(info.name).size()
            : raw.getByteVectorValues(info.name).size();
    if (stored != expected) {
      throw new CorruptIndexException(
          "vectors of field=\"" + info.name + "\": expected " + expected + ", got: " + stored,
          metaName);
    }
  }

  private IndexInput file(IvfFiles file) {
    IndexInput input = files.get(file);
    if (input == null) {
      throw new IllegalStateException(file + " is not open");
    }
    return input;
  }

  private FieldInfo infoOf(String field) {
    FieldInfo info = fieldInfos.fieldInfo(field);
    if (info == null) {
      throw new IllegalArgumentException("field=\"" + field + "\" not found");
    }
    return info;
  }

  @Override
  public FloatVectorValues getFloatVectorValues(String field) throws IOException {
    return raw.getFloatVectorValues(field);
  }

  @Override
  public ByteVectorValues getByteVectorValues(String field) throws IOException {
    return raw.getByteVectorValues(field);
  }

  /**
   * Searches a field of this segment by itself, or joins with it where the collector is a plan to
   * search the field in many segments.
   *
   * @param collector receives exact scores, whatever the encoding, so that sums, thresholds and
   *     merges across segments are consistent
   * @throws IllegalArgumentException if the field has no vectors here, or not those of {@code
   *     target}, or a value of {@code target} is not finite
   */
  @Override
  public void search(String field, float[] target, KnnCollector collector, AcceptDocs acceptDocs)
      throws IOException {
    // The first leaf that joins a plan looks for all.
    if (!(collector instanceof ProbePlan plan) || plan.leaves() == 0) {
      QueryVectors.checkFinite(field, target);
    }
    search(field, QueryVector.of(target), collector, acceptDocs);
  }

  /** Searches a field of bytes likewise. */
  @Override
  public void search(String field, byte[] target, KnnCollector collector, AcceptDocs acceptDocs)
      throws IOException {
    search(field, QueryVector.of(target), collector, acceptDocs);
  }

  private void search(
      String field, QueryVector target, KnnCollector collector, AcceptDocs acceptDocs)
      throws IOException {
    SegmentField segment = opened(field);
    if (collector instanceof ProbePlan plan) {
      IndexSearch all = plan.join(IndexSearch.class, () -> IndexSearch.together(target));
      all.add(segment, acceptDocs, plan.docBase());
    } else if (collector.k() > 0) {
      IndexSearch alone = IndexSearch.alone(target);
      alone.add(segment, acceptDocs, 0);
      alone.run(collector);
    }
  }

  SegmentField opened(String field) {
    SegmentField segment = opened.get(field);
    if (segment == null) {
      throw new IllegalArgumentException("field=\"" + field + "\" has no vectors in this segment");
    }
    return segment;
  }

  @Override
  public Optional<StoredLists> lists(String field) throws IOException {
    SegmentField segment = opened.get(field);
    SegmentLists lists = segment == null ? null : segment.lists();
    if (lists == null) {
      return Optional.empty();
    }
    KnnVectorValues values = Objects.requireNonNull(RawVectors.of(raw, infoOf(field)), field);
    Ordinals ordinals = new Ordinals(file(IvfFiles.ORDINALS), lists.meta());
    return Optional.of(
        new StoredLists(lists.meta(), codebook(lists), lists.postings(), ordinals, values));
  }

  private static SegmentCodebook codebook(SegmentLists lists) {
    return new SegmentCodebook(
        lists.codebook().codebook(),
        lists.meta().calibration(),
        lists.meta().statistics().training());
  }

  @Override
  public Optional<SegmentCodebook> codebook(String field) {
    SegmentField open = opened.get(field);
    return Optional.ofNullable(open == null ? null : open.lists()).map(IvfVectorsReader::codebook);
  }

  @Override
  public SegmentInfo segment() {
    return segment;
  }

  @Override
  public Optional<FieldMeta> meta(String field) {
    return Optional.ofNullable(fields.get(field));
  }

  @Override
  public void checkIntegrity() throws IOException {
    raw.checkIntegrity();
    for (IndexInput file : files.values()) {
      CodecUtil.checksumEntireFile(file);
    }
  }

  @Override
  public KnnVectorsReader getMergeInstance() throws IOException {
    raw.getMergeInstance();
    return this;
  }

  @Override
  public void finishMerge() throws IOException {
    raw.finishMerge();
  }

  @Override
  public Map<String, Long> getOffHeapByteSize(FieldInfo fieldInfo) {
    Map<String, Long> sizes = new HashMap<>(raw.getOffHeapByteSize(fieldInfo));
    FieldMeta meta = fields.get(fieldInfo.name);
    if (meta != null && meta.lists().isPresent()) {
      FieldMeta.Places places = meta.lists().get().places();
      sizes.put(
          IvfFiles.CENTROIDS.extension(), places.codebook().length() + places.routing().length());
      sizes.put(IvfFiles.POSTINGS.extension(), places.postings().length());
      sizes.put(IvfFiles.ORDINALS.extension(), places.ordinals().length());
    }
    return Map.copyOf(sizes);
  }

  @Override
  public void close() throws IOException {
    List<Closeable> open = new ArrayList<>(files.values());
    open.add(raw);
    IOUtils.close(open);
  }
}
