// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it.fuzz;

import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.CodebookId;
import io.github.luceneivf.codec.file.Extent;
import io.github.luceneivf.codec.file.FieldMeta;
import io.github.luceneivf.codec.file.IvfFiles;
import io.github.luceneivf.codec.file.ListsMeta;
import io.github.luceneivf.codec.file.ListsProvider;
import io.github.luceneivf.codec.file.Ordinals;
import io.github.luceneivf.codec.file.StoredLists;
import io.github.luceneivf.probe.IvfSearchStrategy;
import io.github.luceneivf.quantization.Encoding;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.search.TopKnnCollector;
import org.apache.lucene.search.knn.KnnSearchStrategy;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.OutputStreamIndexOutput;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.FixedBitSet;
import org.jspecify.annotations.Nullable;

/**
 * A segment one of whose files has any content, under checksums that fit: it is opened, searched
 * and read as merges read it, without checkIntegrity. That ends with hits or as a corrupt index.
 *
 * <p>Input: <b>[byte]</b> segment, <b>[byte]</b> the file in its last two bits, then a bit each for
 * mapped files and a filter, then the content of the file between header and footer. That of {@code
 * .ivc} is <b>[short]</b> length of the codebook, the codebook, the routing codes.
 */
public final class SegmentTarget {

  private static final int VECTORS = 320;
  private static final int MAPPED = 4;
  private static final int FILTERED = 8;

  /** A codebook begins with magic, version, metric, exponent, nlist and dim; the seed follows. */
  private static final int SEED_AT = 6 * Integer.BYTES;

  /** So few candidates that not all vectors are scored. */
  private static final KnnSearchStrategy FEW_LISTS = IvfSearchStrategy.nprobe(2).oversample(2);

  private static final List<FuzzedSegment> SEGMENTS = segments();

  private SegmentTarget() {}

  private static List<FuzzedSegment> segments() {
    VectorSimilarityFunction[] similarities = VectorSimilarityFunction.values();
    List<FuzzedSegment> segments = new ArrayList<>();
    try {
      for (Encoding encoding : Encoding.all()) {
        segments.add(
            new FuzzedSegment(
                encoding, similarities[segments.size() % similarities.length], VECTORS));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return segments;
  }

  /** Does what is done once: not part of the first run. */
  public static void fuzzerInitialize() throws IOException {
    for (byte[] seed : seeds()) {
      fuzzerTestOneInput(seed);
    }
  }

  /** Returns every file of every segment as it was written. */
  public static List<byte[]> seeds() {
    List<byte[]> seeds = new ArrayList<>();
    for (int i = 0; i < SEGMENTS.size(); i++) {
      for (IvfFiles file : IvfFiles.values()) {
        FuzzedSegment segment = SEGMENTS.get(i);
        byte[] content = file == IvfFiles.CENTROIDS ? centroids(segment) : segment.body(file);
        int flags = seeds.size() % 4 * MAPPED;
        byte[] input = new byte[content.length + 2];
        input[0] = (byte) i;
        input[1] = (byte) (file.ordinal() | flags);
        System.arraycopy(content, 0, input, 2, content.length);
        seeds.add(input);
      }
    }
    return seeds;
  }

  private static byte[] centroids(FuzzedSegment segment) {
    FieldMeta.Places places = lists(segment).places();
    int codebook = (int) places.codebook().length();
    int routing = (int) places.routing().length();
    ByteBuffer content = ByteBuffer.allocate(Short.BYTES + codebook + routing);
    byte[] body = segment.body(IvfFiles.CENTROIDS);
    int header = segment.headerBytes(IvfFiles.CENTROIDS);
    content.putShort((short) codebook);
    content.put(body, (int) places.codebook().offset() - header, codebook);
    content.put(body, (int) places.routing().offset() - header, routing);
    return content.array();
  }

  private static ListsMeta lists(FuzzedSegment segment) {
    return segment.meta().lists().orElseThrow();
  }

  /** Throws what no content may lead to. */
  public static void fuzzerTestOneInput(byte[] input) throws IOException {
    if (input.length < 2) {
      return;
    }
    FuzzedSegment segment = SEGMENTS.get(Byte.toUnsignedInt(input[0]) % SEGMENTS.size());
    IvfFiles file = IvfFiles.values()[input[1] & 3];
    byte[] content = Arrays.copyOfRange(input, 2, input.length);
    BytesDirectory directory = segment.directory((input[1] & MAPPED) != 0);
    if (file == IvfFiles.CENTROIDS) {
      putCentroids(segment, directory, content);
    } else {
      directory.with(segment.name(file), segment.file(file, content));
    }
    boolean filtered = (input[1] & FILTERED) != 0;
    WorkMeter.run(input.length, () -> tryUse(segment, directory, filtered));
  }

  private static void tryUse(FuzzedSegment segment, BytesDirectory directory, boolean filtered)
      throws IOException {
    try {
      use(segment, directory, filtered);
    } catch (CorruptIndexException | EOFException _) {
      // as it should be
    }
  }

  private static void use(FuzzedSegment segment, BytesDirectory directory, boolean filtered)
      throws IOException {
    try (KnnVectorsReader reader = segment.open(directory)) {
      if (((ListsProvider) reader).meta(FuzzedSegment.FIELD).isEmpty()) {
        return; // the meta data end before it
      }
      FixedBitSet filter = null;
      if (filtered) {
        filter = new FixedBitSet(segment.maxDoc());
        for (int doc = 0; doc < filter.length(); doc += 3) {
          filter.set(doc);
        }
      }
      search(segment, reader, new TopKnnCollector(10, Integer.MAX_VALUE), filter);
      search(segment, reader, new TopKnnCollector(3, Integer.MAX_VALUE, FEW_LISTS), filter);
      search(segment, reader, new TopKnnCollector(3, 150, FEW_LISTS), filter);
      Optional<StoredLists> lists = ((ListsProvider) reader).lists(FuzzedSegment.FIELD);
      if (lists.isPresent()) {
        readAll(lists.get());
      }
      try (IndexInput ordinals =
          directory.openInput(segment.name(IvfFiles.ORDINALS), IOContext.DEFAULT)) {
        if (lists.isPresent()) {
          Ordinals read = new Ordinals(ordinals, lists.get().meta());
          for (int ord = 0; ord < lists.get().values().size(); ord++) {
            read.list(ord);
            read.position(ord);
          }
        }
      }
    }
  }

  private static void search(
      FuzzedSegment segment, KnnVectorsReader reader, KnnCollector collector, @Nullable Bits filter)
      throws IOException {
    float[] query = new float[FuzzedSegment.DIM];
    query[collector.k() % query.length] = 1;
    query[0] -= 0.25f;
    reader.search(
        FuzzedSegment.FIELD, query, collector, AcceptDocs.fromLiveDocs(filter, segment.maxDoc()));
  }

  /** Reads every entry, as a merge that copies does. */
  private static void readAll(StoredLists lists) throws IOException {
    var cursor = lists.postings().cursor();
    byte[] record = new byte[lists.meta().encoding().recordBytes(FuzzedSegment.DIM)];
    for (int list = 0; list < lists.postings().nlist(); list++) {
      int size = lists.postings().size(list);
      if (size > 0) {
        cursor.moveTo(list);
      }
      for (int position = 0; position < size; position++) {
        lists.postings().checkOrd(cursor.ord(position), lists.values().size());
        cursor.record(position, record, 0);
      }
    }
  }

  /**
   * Puts a codebook with its checksum into the place of the segment's, and its id into the meta.
   */
  private static void putCentroids(FuzzedSegment segment, BytesDirectory directory, byte[] content)
      throws IOException {
    if (content.length < Short.BYTES) {
      return;
    }
    ByteBuffer in = ByteBuffer.wrap(content);
    int length = Math.min(Short.toUnsignedInt(in.getShort()), in.remaining());
    byte[] codebook = new byte[length];
    in.get(codebook);
    byte[] routing = new byte[in.remaining()];
    in.get(routing);
    if (codebook.length >= SEED_AT + Long.BYTES + Integer.BYTES) {
      // A codebook that is loaded is not read again: none was loaded that has this seed.
      Samples.putLittleEndian(codebook, SEED_AT, Samples.crc32c(routing, routing.length));
      Samples.sealCodebook(codebook);
    }
    CodebookId id;
    try {
      id = Codebook.idOf(codebook);
    } catch (IOException e) {
      id = lists(segment).codebook();
    }
    int header = segment.headerBytes(IvfFiles.CENTROIDS);
    Extent first = new Extent(header, codebook.length);
    Extent second = new Extent(header + codebook.length, routing.length);
    byte[] body = Arrays.copyOf(codebook, codebook.length + routing.length);
    System.arraycopy(routing, 0, body, codebook.length, routing.length);
    directory.with(segment.name(IvfFiles.CENTROIDS), segment.file(IvfFiles.CENTROIDS, body));
    directory.with(segment.name(IvfFiles.META), metaOf(segment, id, first, second));
  }

  private static byte[] metaOf(
      FuzzedSegment segment, CodebookId id, Extent codebook, Extent routing) throws IOException {
    ListsMeta lists = lists(segment);
    FieldMeta.Places places =
        new FieldMeta.Places(
            codebook, routing, lists.places().postings(), lists.places().ordinals());
    ListsMeta changed =
        new ListsMeta(
            lists.encoding(),
            id,
            lists.calibration(),
            lists.targetRecall(),
            places,
            lists.sizes(),
            lists.statistics(),
            lists.reach());
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStreamIndexOutput out =
        new OutputStreamIndexOutput("meta", "meta", bytes, 1 << 13)) {
      FieldMeta meta = segment.meta();
      new FieldMeta(meta.field(), meta.vectors(), Optional.of(changed)).write(out);
      out.writeInt(FieldMeta.END);
    }
    return segment.file(IvfFiles.META, bytes.toByteArray());
  }
}
