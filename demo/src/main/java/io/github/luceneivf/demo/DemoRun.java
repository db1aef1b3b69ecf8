// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.demo;

import io.github.luceneivf.codebook.TrainedCodebook;
import io.github.luceneivf.codec.IvfVectorsFormat;
import io.github.luceneivf.server.SidecarProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.index.DirectoryReader;

/** The eight steps of the demo, from texts to figures. Confined to one thread. */
final class DemoRun {

  /** Most documents of the index that is built without the sidecar. */
  private static final int REBUILT_DOCS = 20_000;

  private static final int DELETE_EVERY = 50;

  private final DemoSettings settings;
  private final Screen screen;
  private final MergeLog merges = new MergeLog();

  DemoRun(DemoSettings settings, Screen screen) {
    this.settings = settings;
    this.screen = screen;
  }

  /** What the steps from the third on work with. */
  private record Stage(
      WorkFolder folder,
      Embedder embedder,
      Dataset data,
      SidecarProcess sidecar,
      SidecarPorts ports,
      VectorIndex index) {}

  /** Runs all steps. */
  void run() throws IOException, DemoException {
    long start = System.nanoTime();
    try (WorkFolder folder = WorkFolder.open(settings.work(), settings.docs());
        Embedder embedder = Embedder.load(folder.path("native"))) {
      screen.step(1, "Text and embeddings");
      Dataset data = Dataset.load(settings.docs(), folder.path("cache"), embedder::embed, screen);
      screen.step(2, "The training sidecar, a process of its own");
      Path log = folder.path("sidecar.log");
      Files.deleteIfExists(log);
      try (SidecarProcess sidecar =
          SidecarProcess.launch(SidecarProcess.Command.of(folder.path("sidecar"), log))) {
        int port = sidecar.awaitPort();
        screen.line("Process %d listens on 127.0.0.1:%d.", sidecar.pid(), port);
        screen.line("Its log: %s", log);
        try (SidecarPorts ports = SidecarPorts.connect(port, merges);
            VectorIndex index = create(folder.path("index"), ports)) {
          run(new Stage(folder, embedder, data, sidecar, ports, index));
        }
      }
      farewell(folder, Duration.ofNanos(System.nanoTime() - start));
    }
  }

  private void run(Stage stage) throws IOException, DemoException {
    Duration built = index(stage);
    TrainedCodebook trained = report(stage);
    answer(stage);
    screen.step(6, "Recall and latency: one thread, k = 10");
    Comparison comparison = new Comparison(screen, stage.data, settings.nprobe());
    Comparison.Figures figures =
        comparison.run(stage.index, built, stage.folder.path("index-hnsw"));
    loseSidecar(stage, comparison);
    if (settings.json().isPresent()) {
      report(figures, trained).write(settings.json().get());
    }
  }

  private VectorIndex create(Path path, SidecarPorts ports) throws IOException {
    return VectorIndex.create(path, new IvfVectorsFormat(settings.params(), ports.ports()), merges);
  }

  private Duration index(Stage stage) throws IOException {
    screen.step(3, "Indexing through IvfVectorsFormat");
    long start = System.nanoTime();
    int documents = stage.data.documents().length;
    stage.index.fill(stage.data.corpus().documents(), stage.data.documents());
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    int first = VectorIndex.firstPart(documents);
    screen.line(
        "%s documents, merged into one segment, then %s more: %d flushes and %d merges in %s.",
        Text.count(first),
        Text.count(documents - first),
        merges.flushes().size(),
        merges.merges().size(),
        Text.time(took));
    screen.print("No flush waits for the sidecar.");
    if (settings.isSmall()) {
      screen.print(
          "So few documents get no lists by default: the thresholds are lowered for them.");
    }
    return took;
  }

  private TrainedCodebook report(Stage stage) throws DemoException {
    screen.step(4, "The training, and what each merge cost");
    TrainedCodebook trained =
        stage.ports.trained().orElseThrow(() -> new DemoException("no merge trained a codebook"));
    TrainingSummary.show(screen, trained);
    screen.print("");
    showMerges(0);
    showCopies();
    return trained;
  }

  private void showMerges(int from) {
    Table table = new Table("merge", "segments", "documents", "lists", "time", "where", "work");
    List<MergeLog.Merge> all = merges.merges();
    for (int i = from; i < all.size(); i++) {
      MergeLog.Merge merge = all.get(i);
      table.row(
          i + 1,
          merge.segments(),
          Text.count(merge.documents()),
          merge.nlist(),
          Text.time(merge.time()),
          merge.kind().label(),
          merge.work());
    }
    screen.table(table);
  }

  private void showCopies() {
    int documents = 0;
    Duration time = Duration.ZERO;
    for (MergeLog.Merge merge : merges.merges()) {
      if (merge.kind() == MergeLog.Kind.COPY) {
        documents += merge.documents();
        time = time.plus(merge.time());
      }
    }
    screen.line(
        "Merges that copied: %d, of %s documents, in %s: their segments share the codebook.",
        merges.count(MergeLog.Kind.COPY), Text.count(documents), Text.time(time));
  }

  private void answer(Stage stage) throws IOException {
    screen.step(5, "Keyword, vector, and both fused");
    List<String> queries = new ArrayList<>(Answers.QUERIES);
    queries.addAll(settings.queries());
    try (DirectoryReader reader = stage.index.openReader()) {
      Answers answers = Answers.english(screen, reader);
      for (String query : queries) {
        answers.show(query, stage.embedder.embed(query));
      }
    }
  }

  private void loseSidecar(Stage stage, Comparison comparison) throws IOException, DemoException {
    screen.step(7, "The sidecar is killed");
    stage.sidecar.close();
    screen.line("Process %d is gone, as by kill -9.", stage.sidecar.pid());
    int before = merges.merges().size();
    int rows = stage.data.documents().length;
    List<Synset> heldOut = stage.data.corpus().heldOut();
    stage.index.deleteEvery(DELETE_EVERY, rows);
    stage.index.addInOneFlush(heldOut, stage.data.heldOut(), rows);
    stage.index.mergeToOne();
    screen.line(
        "Same index: %d documents added, 1 of %d deleted, forced merge: recall@10 %.3f.",
        heldOut.size(), DELETE_EVERY, comparison.recall(stage.index));
    int docs = Math.min(rows, REBUILT_DOCS);
    try (VectorIndex rebuilt = create(stage.folder.path("index-rebuilt"), stage.ports)) {
      rebuilt.fill(stage.data.corpus().documents().subList(0, docs), stage.data.documents());
      screen.line(
          "A new index of %s documents, which must train: recall@10 %.3f.",
          Text.count(docs), comparison.recall(rebuilt));
    }
    showMerges(before);
  }

  private DemoReport report(Comparison.Figures figures, TrainedCodebook trained) {
    return new DemoReport(
        figures.docs(),
        Embedder.DIM,
        figures.facts().nlist(),
        figures.facts().nprobe(),
        figures.ivf().recall(),
        figures.facts().scanned(),
        figures.facts().exact(),
        figures.ivf().result().p50Micros(),
        figures.ivf().result().p99Micros(),
        figures.hnsw().recall(),
        figures.hnsw().result().p50Micros(),
        figures.indexBytes(),
        merges.count(MergeLog.Kind.SIDECAR),
        merges.count(MergeLog.Kind.COPY),
        merges.count(MergeLog.Kind.IN_PROCESS),
        trained.report().total().toNanos() / 1e9);
  }

  private void farewell(WorkFolder folder, Duration took) {
    screen.step(8, "Done in " + Text.time(took));
    screen.line("The index:  %s", folder.path("index"));
    settings.json().ifPresent(file -> screen.line("The figures: %s", file));
    screen.print("Try next:   ./ivf demo --query \"a place where bees live\"");
    screen.print("            ./ivf demo --nprobe 4       faster, less recall");
    screen.print("            ./ivf demo --docs all       all of WordNet, some minutes to embed");
    screen.print("            ./ivf serve --help          the sidecar for an index of your own");
  }
}
