// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.codebook.CodebookSource;
import io.github.luceneivf.codebook.CodebookTrainer;
import io.github.luceneivf.codebook.LocalCodebookTrainer;
import io.github.luceneivf.codebook.TrainedCodebook;
import io.github.luceneivf.codebook.TrainingMonitor;
import io.github.luceneivf.codebook.TrainingRequest;
import io.github.luceneivf.codec.config.IvfParams;
import io.github.luceneivf.codec.config.ListSizing;
import io.github.luceneivf.codec.config.Ports;
import io.github.luceneivf.codec.telemetry.IndexEvent;
import io.github.luceneivf.codec.telemetry.IndexEvent.Action;
import io.github.luceneivf.codec.telemetry.IndexEvent.Cause;
import io.github.luceneivf.codec.telemetry.IndexListener;
import io.github.luceneivf.testdata.VectorGenerators;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.lucene.index.ConcurrentMergeScheduler;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FilterMergePolicy;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.MergePolicy;
import org.apache.lucene.index.MergeTrigger;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.index.SegmentCommitInfo;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.store.FilterDirectory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.NIOFSDirectory;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.InfoStream;
import org.jspecify.annotations.Nullable;

/** What merges know of the segments around them, and what becomes of them where they do not. */
public class TestIndexAround extends LuceneTestCase {

  private static final int SEGMENTS = 4;
  private static final int FLUSH = 600;
  private static final int PAIR = 2 * FLUSH;
  private static final VectorSimilarityFunction L2 = VectorSimilarityFunction.EUCLIDEAN;

  /** Of an index of four segments a new version is due, by their number; of two it is not. */
  private static final IvfParams LISTS =
      IvfParams.DEFAULT
          .withThresholds(new IvfParams.Thresholds(0, FLUSH, 2))
          .withSizing(ListSizing.fixed(16));

  private final List<IndexEvent> events = new CopyOnWriteArrayList<>();

  private IvfVectorsFormat format() {
    return format(new LocalCodebookTrainer(1), events::add);
  }

  private static IvfVectorsFormat format(CodebookTrainer trainer, IndexListener listener) {
    return new IvfVectorsFormat(
        LISTS, new Ports(trainer, Ports.LOCAL.encoder(), CodebookSource.NONE, listener));
  }

  private static FloatMatrix rows() {
    return VectorGenerators.clusters(SEGMENTS * FLUSH, 16, 30, 0.6, 11);
  }

  private static void write(Directory directory, IvfVectorsFormat format) throws IOException {
    VectorIndexing.index(directory, format, rows(), L2, SEGMENTS);
  }

  /** Merges four segments by twos, the first two only or all. */
  private static final class Pairs extends FilterMergePolicy {
    private final int pairs;

    Pairs(int pairs) {
      super(NoMergePolicy.INSTANCE);
      this.pairs = pairs;
    }

    @Override
    public @Nullable MergeSpecification findForcedMerges(
        SegmentInfos infos,
        int maxSegments,
        Map<SegmentCommitInfo, Boolean> toMerge,
        MergeContext context) {
      if (infos.size() < SEGMENTS || !context.getMergingSegments().isEmpty()) {
        return null;
      }
      MergePolicy.MergeSpecification found = new MergePolicy.MergeSpecification();
      for (int pair = 0; pair < pairs; pair++) {
        found.add(new MergePolicy.OneMerge(infos.asList().subList(2 * pair, 2 * pair + 2)));
      }
      return found;
    }

    @Override
    public @Nullable MergeSpecification findMerges(
        MergeTrigger trigger, SegmentInfos infos, MergeContext context) {
      return null;
    }
  }

  private static IndexWriterConfig pairs(IvfVectorsFormat format, int pairs) {
    return VectorIndexing.config(format)
        .setMergePolicy(new Pairs(pairs))
        .setMergeScheduler(new SerialMergeScheduler());
  }

  private List<IndexEvent> merges() {
    return events.stream().filter(event -> event.cause() == Cause.MERGE).toList();
  }

  private static void assertComplete(Directory directory, int segments) throws IOException {
    try (DirectoryReader reader = DirectoryReader.open(directory)) {
      assertEquals(segments, reader.leaves().size());
      assertEquals(SEGMENTS * FLUSH, reader.numDocs());
      for (var leaf : reader.leaves()) {
        CodedSegments.assertAsEncodedAnew(leaf.reader());
      }
    }
  }

  /** A process that has just opened the index sees it whole in the latest commit. */
  public void testAReopenedIndexIsSeenWhole() throws Exception {
    Path path = createTempDir();
    try (Directory first = FSDirectory.open(path)) {
      write(first, format());
    }
    try (Directory second = new NIOFSDirectory(path)) { // as a new process would
      try (IndexWriter writer = new IndexWriter(second, pairs(format(), 1))) {
        writer.forceMerge(1);
      }
      assertComplete(second, SEGMENTS - 1);
    }
    assertEquals(1, merges().size());
    IndexEvent merge = merges().getFirst();
    assertEquals(Action.TRAIN, merge.action());
    assertEquals(PAIR, merge.vectors());
    assertEquals(SEGMENTS * FLUSH, merge.training().orElseThrow().lineage().population());
    assertEquals(2, merge.training().orElseThrow().lineage().version());
    assertTrue("the sample is of the whole index", merge.training().get().samples() > PAIR);
  }

  /** A merge that looks at the index for a second pair finds the new version of the first. */
  public void testTheNextMergeTakesTheNewVersion() throws Exception {
    try (Directory directory = new ByteBuffersDirectory()) {
      write(directory, format());
      try (IndexWriter writer = new IndexWriter(directory, pairs(format(), 2))) {
        writer.forceMerge(1);
      }
      assertComplete(directory, 2);
      assertEquals(
          List.of(Action.TRAIN, Action.ASSIGN), merges().stream().map(IndexEvent::action).toList());
    }
  }

  /** What a directory throws when a merge looks at the index around it. */
  private enum Failure {
    CHECKED,
    UNCHECKED;

    void fail() throws IOException {
      switch (this) {
        case CHECKED -> throw new IOException("on purpose");
        case UNCHECKED -> throw new IllegalStateException("on purpose");
      }
    }
  }

  /** Fails whenever it is asked on behalf of what looks at the index around a merge. */
  private static final class Unwilling extends FilterDirectory {
    private static final Set<String> LOOKING = Set.of("IndexAround", "KnownSegments");

    private final Failure failure;
    private final boolean lists;
    private final AtomicInteger failed = new AtomicInteger();

    Unwilling(Directory in, Failure failure, boolean lists) {
      super(in);
      this.failure = failure;
      this.lists = lists;
    }

    private void failIfLookedAt() throws IOException {
      boolean looked =
          StackWalker.getInstance()
              .walk(frames ->
                  frames.anyMatch(frame ->
                      LOOKING.contains(
                          frame
                              .getClassName()
                              .substring(frame.getClassName().lastIndexOf('.') + 1))));
      if (looked) {
        failed.incrementAndGet();
        failure.fail();
      }
    }

    @Override
    public String[] listAll() throws IOException {
      if (lists) {
        failIfLookedAt();
      }
      return super.listAll();
    }

    @Override
    public IndexInput openInput(String name, IOContext context) throws IOException {
      if (!lists) {
        failIfLookedAt();
      }
      return super.openInput(name, context);
    }
  }

  private static final class Told extends InfoStream {
    private final List<String> messages = new CopyOnWriteArrayList<>();

    @Override
    public void message(String component, String message) {
      if (component.equals("IVF")) {
        messages.add(message);
      }
    }

    @Override
    public boolean isEnabled(String component) {
      return true;
    }

    @Override
    public void close() {}
  }

  /** Then a merge knows its inputs, which have no reason for a new version; and says why. */
  public void testADirectoryThatCannotBeReadFailsNoMerge() throws Exception {
    Path path = createTempDir();
    try (Directory first = FSDirectory.open(path)) {
      write(first, format());
    }
    for (Failure failure : Failure.values()) {
      for (boolean lists : new boolean[] {true, false}) {
        events.clear();
        Told told = new Told();
        try (Directory copy = new ByteBuffersDirectory()) {
          try (Directory stored = FSDirectory.open(path)) {
            for (String file : stored.listAll()) {
              if (!file.startsWith("write") && !file.startsWith("extra")) {
                copy.copyFrom(stored, file, file, IOContext.DEFAULT);
              }
            }
          }
          Unwilling unwilling = new Unwilling(copy, failure, lists);
          IndexWriterConfig config = pairs(format(), 1).setInfoStream(told);
          try (IndexWriter writer = new IndexWriter(unwilling, config)) {
            writer.forceMerge(1);
          }
          assertComplete(copy, SEGMENTS - 1);
          assertTrue(unwilling.failed.get() > 0);
        }
        assertEquals(List.of(Action.COPY), merges().stream().map(IndexEvent::action).toList());
        assertTrue(
            told.messages.toString(),
            told.messages.stream()
                .anyMatch(text -> text.contains("seen") && text.contains("on purpose")));
      }
    }
  }

  /** Holds the training of a new version until another merge has ended. */
  private static final class Patient implements CodebookTrainer, IndexListener {
    private final CountDownLatch ended = new CountDownLatch(1);
    private final List<IndexEvent> merges = new CopyOnWriteArrayList<>();
    private final List<Boolean> waited = new CopyOnWriteArrayList<>();

    @Override
    public TrainedCodebook train(
        TrainingRequest request, FloatMatrix sample, TrainingMonitor monitor) throws IOException {
      if (request.parent().isPresent()) {
        try {
          waited.add(ended.await(20, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
          throw (IOException) new InterruptedIOException().initCause(e);
        }
      }
      return new LocalCodebookTrainer(1).train(request, sample, monitor);
    }

    @Override
    public boolean isRemote() {
      return false;
    }

    @Override
    public void onIndexed(IndexEvent event) {
      if (event.cause() == Cause.MERGE) {
        merges.add(event);
        ended.countDown();
      }
    }
  }

  /** The other goes on with the codebook there is, and does not wait. */
  public void testOfTwoMergesAtOnceOneTrains() throws Exception {
    Patient patient = new Patient();
    IvfVectorsFormat format = format(patient, patient);
    try (Directory directory = new ByteBuffersDirectory()) {
      write(directory, format);
      ConcurrentMergeScheduler scheduler = new ConcurrentMergeScheduler();
      scheduler.setMaxMergesAndThreads(2, 2);
      IndexWriterConfig config = pairs(format, 2).setMergeScheduler(scheduler);
      try (IndexWriter writer = new IndexWriter(directory, config)) {
        writer.forceMerge(1);
      }
      assertComplete(directory, 2);
    }
    assertEquals("one waited for the other to end", List.of(true), patient.waited);
    List<Action> actions =
        new ArrayList<>(patient.merges.stream().map(IndexEvent::action).toList());
    assertEquals(List.of(Action.COPY, Action.TRAIN), actions);
  }
}
