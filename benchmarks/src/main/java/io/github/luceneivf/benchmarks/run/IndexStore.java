package io.github.luceneivf.benchmarks.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.luceneivf.benchmarks.contender.BuildCost;
import io.github.luceneivf.benchmarks.contender.Layout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;
import org.apache.lucene.util.IOUtils;

/**
 * Indexes on disk, kept from run to run: graphs over a million vectors take long. An index of
 * another fingerprint is built anew and replaces the old one. A build has a JVM of its own, so that
 * its heap and its CPU time are its own.
 */
final class IndexStore {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String COST = "cost.json";
  private static final String FILES = "index";

  private final Path folder;
  private final Progress progress;

  /**
   * Makes a store.
   *
   * @param folder of one data set
   */
  IndexStore(Path folder, Progress progress) {
    this.folder = folder;
    this.progress = progress;
  }

  /**
   * An index that is there.
   *
   * @param files folder of its files
   * @param cost what it cost when it was built
   */
  record Stored(Path files, BuildCost cost) {}

  /** Starts a worker to build with. */
  interface Builder {
    WorkerProcess start() throws IOException;
  }

  /** Returns an index, built by a worker if it is not there. */
  Stored get(String contender, String index, Layout layout, String fingerprint, Builder builder)
      throws IOException {
    Path all = folder.resolve(contender);
    String name = (index.isEmpty() ? "default" : index) + "-" + layout;
    Path place = all.resolve(name + "-" + fingerprint);
    if (!Files.exists(place.resolve(COST))) {
      remove(all, name);
      build(new BuildJob(index, layout, place + ".part/" + FILES), place, builder);
    }
    BuildCost cost = JSON.readValue(place.resolve(COST).toFile(), BuildCost.class);
    return new Stored(place.resolve(FILES), cost);
  }

  private void build(BuildJob job, Path place, Builder builder) throws IOException {
    Files.createDirectories(Path.of(job.folder()));
    try (WorkerProcess worker = builder.start()) {
      progress.say("%s: builds %s %s", worker.contender(), job.index(), job.layout());
      BuildCost cost = worker.ask(job);
      Path part = place.resolveSibling(place.getFileName() + ".part");
      JSON.writeValue(part.resolve(COST).toFile(), cost);
      Files.move(part, place, StandardCopyOption.ATOMIC_MOVE);
      progress.say(
          "%s: built in %.1f s (%.1f s of CPU)",
          worker.contender(), cost.flushSeconds() + cost.mergeSeconds(), cost.cpuSeconds());
    }
  }

  private static void remove(Path all, String name) throws IOException {
    if (!Files.isDirectory(all)) {
      return;
    }
    List<Path> old;
    try (Stream<Path> places = Files.list(all)) {
      old = places.filter(place -> place.getFileName().toString().startsWith(name + "-")).toList();
    }
    IOUtils.rm(old.toArray(Path[]::new));
  }
}
