// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it.fault;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.codec.IvfVectorsFormat;
import io.github.luceneivf.codec.config.IvfParams;
import io.github.luceneivf.codec.config.ListSizing;
import io.github.luceneivf.codec.config.Ports;
import io.github.luceneivf.codec.telemetry.IndexEvent;
import io.github.luceneivf.it.VectorIndex;
import io.github.luceneivf.server.SidecarServer;
import io.github.luceneivf.server.config.ServerConfig;
import io.github.luceneivf.testdata.VectorGenerators;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.CheckIndex;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.TieredMergePolicy;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.store.AlreadyClosedException;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A call to the disk fails in a flush or merge: the index is as before, nothing stays open, no file
 * stays behind, and the same work succeeds afterwards. Some calls fail, by a seed; {@code
 * -Divf.faults=places} for the first, the last and one between of those that come from one place,
 * {@code all} for each call.
 */
class FaultyDiskIT {

  private static final String FAULTS = System.getProperty("ivf.faults", "some");

  /** Calls that fail of each kind of work, where only some do. */
  private static final int SOME = 250;

  private static final long SEED = Long.getLong("ivf.faults.seed", 20261130L);
  private static final int N = 1_200;
  private static final int DIM = 8;
  private static final String FIELD = "vector";
  private static final IvfParams LISTS =
      IvfParams.DEFAULT
          .withThresholds(new IvfParams.Thresholds(0, 200, 1))
          .withSizing(ListSizing.fixed(4));

  /** Codes go through temporary files, and ordinals through windows. */
  private static final IvfParams TIGHT = LISTS.withMergeBudgetBytes(32 << 10);

  /** Flushes that leave training to a merge. */
  private static final IvfParams UNTRAINED =
      LISTS.withThresholds(new IvfParams.Thresholds(0, Integer.MAX_VALUE, 1));

  private static Leaks leaks;

  private final FloatMatrix rows = VectorGenerators.clusters(2 * N, DIM, 12, 0.5, SEED);
  private final Random random = new Random(SEED);
  private final List<IndexEvent> events = new CopyOnWriteArrayList<>();

  @BeforeAll
  static void watch() {
    leaks = Leaks.watch();
  }

  @AfterAll
  static void nothingStays() throws Exception {
    leaks.assertNone("ivf-", "grpc-", "Lucene Merge");
  }

  /** Work on an index that has been committed before. */
  private interface Work {
    void on(IndexWriter writer) throws IOException;
  }

  private static IndexWriter writer(FaultyDirectory directory, IvfParams params, Ports ports)
      throws IOException {
    TieredMergePolicy policy = new TieredMergePolicy();
    policy.setSegmentsPerTier(20);
    return new IndexWriter(
        directory,
        new IndexWriterConfig()
            .setCodec(VectorIndex.codec(new IvfVectorsFormat(params, ports)))
            .setMergeScheduler(new SerialMergeScheduler())
            .setMergePolicy(policy));
  }

  private void add(IndexWriter writer, int from, int to) throws IOException {
    for (int row = from; row < to; row++) {
      Document document = new Document();
      document.add(new StringField("id", Integer.toString(row), Field.Store.NO));
      document.add(
          new KnnFloatVectorField(FIELD, rows.row(row), VectorSimilarityFunction.EUCLIDEAN));
      writer.addDocument(document);
    }
  }

  /** An index of three segments, from which a few documents are deleted. */
  private ByteBuffersDirectory index(IvfParams params) throws IOException {
    ByteBuffersDirectory directory = new ByteBuffersDirectory();
    IndexWriterConfig config =
        new IndexWriterConfig()
            .setCodec(VectorIndex.codec(new IvfVectorsFormat(params)))
            .setMergePolicy(NoMergePolicy.INSTANCE);
    try (IndexWriter writer = new IndexWriter(directory, config)) {
      for (int part = 0; part < 3; part++) {
        add(writer, part * N / 3, (part + 1) * N / 3);
        writer.flush();
      }
      for (int row = 0; row < N; row += 50) {
        writer.deleteDocuments(new Term("id", Integer.toString(row)));
      }
    }
    return directory;
  }

  private static FaultyDirectory copy(ByteBuffersDirectory from) throws IOException {
    ByteBuffersDirectory copy = new ByteBuffersDirectory();
    for (String file : from.listAll()) {
      copy.copyFrom(from, file, file, IOContext.DEFAULT);
    }
    return new FaultyDirectory(copy);
  }

  @Test
  void aFlushThatTrains() throws Exception {
    check("flush", index(UNTRAINED), Ports.LOCAL, IndexEvent.Action.TRAIN, this::flush);
  }

  private void flush(IndexWriter writer) throws IOException {
    add(writer, N, N + 400);
    writer.commit();
  }

  private static void merge(IndexWriter writer) throws IOException {
    writer.forceMerge(1);
    writer.commit();
  }

  @Test
  void aMergeThatTrains() throws Exception {
    check(
        "merge that trains",
        index(UNTRAINED),
        Ports.LOCAL,
        IndexEvent.Action.TRAIN,
        FaultyDiskIT::merge);
  }

  @Test
  void aMergeThatCopies() throws Exception {
    check(
        "merge that copies",
        index(LISTS),
        Ports.LOCAL,
        IndexEvent.Action.COPY,
        FaultyDiskIT::merge);
  }

  @Test
  void aMergeWithASidecar(@TempDir Path data) throws Exception {
    try (SidecarServer server = SidecarServer.start(ServerConfig.local(data));
        Sidecar sidecar = Sidecar.patient(server.port())) {
      check(
          "merge with a sidecar",
          index(UNTRAINED),
          sidecar.ports(),
          IndexEvent.Action.TRAIN,
          FaultyDiskIT::merge);
      assertTrue(sidecar.training().remote() > 0 && sidecar.encoding().remote() > 0);
      assertEquals(0, sidecar.training().fallbacks() + sidecar.encoding().fallbacks());
    }
  }

  private void check(
      String name, ByteBuffersDirectory before, Ports ports, IndexEvent.Action action, Work work)
      throws Exception {
    Ports told = ports.withListener(events::add);
    List<String> places = places(before, told, work);
    assertEquals(action, events.getLast().action());
    List<Integer> calls = calls(places);
    int heard = 0;
    for (int call : calls) {
      String where = name + ", call " + call + " of " + places.size() + ", seed " + SEED;
      heard += failOnce(before, told, work, call, where) ? 1 : 0;
    }
    System.out.printf(
        Locale.ROOT,
        "%s: %d calls from %d places, %d failed, %d of them ended the work; none left anything%n",
        name,
        places.size(),
        new TreeSet<>(places).size(),
        calls.size(),
        heard);
    assertTrue(heard > calls.size() / 2, name + ": most faults are heard of");
  }

  private static List<String> places(ByteBuffersDirectory before, Ports ports, Work work)
      throws IOException {
    try (FaultyDirectory directory = copy(before);
        IndexWriter writer = writer(directory, TIGHT, ports)) {
      directory.arm(FaultyDirectory.NEVER);
      work.on(writer);
      directory.disarm();
      return directory.places();
    }
  }

  /** The calls that are to fail. */
  private List<Integer> calls(List<String> places) {
    Map<String, List<Integer>> byPlace = new TreeMap<>();
    for (int call = 0; call < places.size(); call++) {
      byPlace.computeIfAbsent(places.get(call), _ -> new ArrayList<>()).add(call);
    }
    TreeSet<Integer> calls = new TreeSet<>();
    for (List<Integer> same : byPlace.values()) {
      if (FAULTS.equals("all")) {
        calls.addAll(same);
      } else {
        calls.add(same.getFirst());
        calls.add(same.get(random.nextInt(same.size())));
        calls.add(same.getLast());
      }
    }
    List<Integer> chosen = new ArrayList<>(calls);
    if (FAULTS.equals("some") && chosen.size() > SOME) {
      Collections.shuffle(chosen, random);
      chosen = chosen.subList(0, SOME);
    }
    return chosen;
  }

  /** Returns whether the work has ended by the fault. */
  private boolean failOnce(
      ByteBuffersDirectory before, Ports ports, Work work, int call, String where)
      throws Exception {
    try (FaultyDirectory directory = copy(before)) {
      IndexWriter writer = writer(directory, TIGHT, ports);
      boolean heard = false;
      directory.arm(call);
      try {
        work.on(writer);
      } catch (IOException | AlreadyClosedException e) {
        heard = true;
      }
      directory.disarm();
      assertTrue(directory.hasFailed(), where + ": the call was made");
      if (heard) {
        writer.rollback(); // Lucene closes a writer whose flush or merge has failed
        assertAsBefore(before, directory, where);
        writer = writer(directory, TIGHT, ports);
        work.on(writer);
      }
      writer.close();
      assertClean(directory, where);
      return heard;
    }
  }

  /**
   * The commit is there byte for byte. Files of the segment that failed may lie beside it until the
   * next writer is opened, as Lucene leaves them, but no temporary one of ours.
   */
  private static void assertAsBefore(
      ByteBuffersDirectory before, FaultyDirectory directory, String where) throws IOException {
    assertEquals(0, directory.open(), where + ": files open after the rollback");
    Map<String, byte[]> now = contents(directory);
    contents(before)
        .forEach((file, bytes) -> assertArrayEquals(bytes, now.get(file), where + ": " + file));
    for (String file : now.keySet()) {
      assertFalse(file.contains("ivf-"), where + ": left behind: " + file);
    }
  }

  private static Map<String, byte[]> contents(Directory directory) throws IOException {
    Map<String, byte[]> contents = new TreeMap<>();
    for (String file : directory.listAll()) {
      if (!file.equals(IndexWriter.WRITE_LOCK_NAME)) {
        try (IndexInput in = directory.openInput(file, IOContext.READONCE)) {
          byte[] bytes = new byte[(int) in.length()];
          in.readBytes(bytes, 0, bytes.length);
          contents.put(file, bytes);
        }
      }
    }
    return contents;
  }

  private static void assertClean(FaultyDirectory directory, String where) throws IOException {
    assertEquals(0, directory.open(), where + ": files open");
    TreeSet<String> left = new TreeSet<>(List.of(directory.listAll()));
    left.removeAll(SegmentInfos.readLatestCommit(directory).files(true));
    left.remove(IndexWriter.WRITE_LOCK_NAME);
    assertTrue(left.isEmpty(), where + ": files of no commit: " + left);
    try (CheckIndex check = new CheckIndex(directory)) {
      assertTrue(check.checkIndex().clean, where + ": CheckIndex");
    }
    try (DirectoryReader reader = DirectoryReader.open(directory)) {
      int live = N - N / 50;
      assertTrue(
          reader.numDocs() == live || reader.numDocs() == live + 400,
          where + ": documents: " + reader.numDocs());
    }
  }
}
