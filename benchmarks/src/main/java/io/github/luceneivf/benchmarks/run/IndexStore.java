// SPDX-License-Identifier: Apache-2.0
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
      Path part = place.resolveSibling(place.getFileName() + ".part");
      Files.createDirectories(part.resolve(FILES));
      BuildCost cost;
      Layout whole = layout.whole();
      if (whole != null) {
        Stored source = get(contender, index, whole, fingerprint, builder);
        cost = deleteFrom(source, part.resolve(FILES), builder);
      } else {
        String files = part.resolve(FILES).toString();
        cost =
            layout == Layout.SHARED
                ? build(index, layout, new RebuildJob(index, layout, files), builder)
                : build(index, layout, new BuildJob(index, layout, files), builder);
      }
      JSON.writeValue(part.resolve(COST).toFile(), cost);
      Files.move(part, place, StandardCopyOption.ATOMIC_MOVE);
    }
    BuildCost cost = JSON.readValue(place.resolve(COST).toFile(), BuildCost.class);
    return new Stored(place.resolve(FILES), cost);
  }

  private BuildCost build(String index, Layout layout, Job<BuildCost> job, Builder builder)
      throws IOException {
    try (WorkerProcess worker = builder.start()) {
      progress.say("%s: builds %s %s", worker.contender(), index, layout);
      BuildCost cost = worker.ask(job);
      progress.say(
          "%s: built in %.1f s (%.1f s of CPU)",
          worker.contender(), cost.flush().seconds() + cost.merge().seconds(), cost.cpuSeconds());
      return cost;
    }
  }

  /** Deletes from a copy, so that a graph is not built twice. */
  private static BuildCost deleteFrom(Stored whole, Path copy, Builder builder) throws IOException {
    try (Stream<Path> files = Files.list(whole.files())) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
    }
    try (WorkerProcess worker = builder.start()) {
      worker.ask(new DeleteJob(copy.toString()));
    }
    return whole.cost();
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
