// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.contender;

import io.github.luceneivf.client.RemoteConfig;
import io.github.luceneivf.client.SidecarConnection;
import io.github.luceneivf.client.SidecarCounters;
import io.github.luceneivf.codec.config.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.index.ConcurrentMergeScheduler;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.store.Directory;
import org.apache.lucene.util.IOUtils;

/**
 * Merges of ten segments into one that are given up, each at another moment, by rolling their
 * writer back or by closing it without a commit in turn. Confined to one thread.
 */
public final class AbortedMerges {

  private static final long SEED = 20261130;
  private static final long LOOK_NANOS = 1_000_000;

  /** Merges begun for each that is to be given up, at most: some end before. */
  private static final int ATTEMPTS = 4;

  private static final String MERGE_THREAD = "Lucene Merge Thread";

  private final LuceneContender contender;
  private final PreparedVectors vectors;
  private final Limits limits;

  /**
   * Prepares merges.
   *
   * @param contender one that is a format of Lucene
   * @throws IllegalArgumentException if it is none
   */
  public AbortedMerges(Contender contender, PreparedVectors vectors, Limits limits) {
    if (!(contender instanceof LuceneContender lucene)) {
      throw new IllegalArgumentException(
          "contender must be a format of Lucene, got: " + contender.name());
    }
    this.contender = lucene;
    this.vectors = vectors;
    this.limits = limits;
  }

  /**
   * How much is done.
   *
   * @param aborts merges that are given up, at most
   * @param longestSeconds longest that a merge runs until it is given up
   * @param seconds after so many in all no more merge is begun
   */
  public record Limits(int aborts, double longestSeconds, double seconds) {}

  /**
   * A merge that was given up.
   *
   * @param phase what it was at
   * @param millis until the writer had given up, by the clock on the wall
   */
  public record Abort(String phase, double millis) {}

  /**
   * Merges and gives up. Moments are spread evenly over the time that a merge takes, at random
   * within their part of it.
   *
   * @param index one of the contender's
   * @param port of a sidecar on this machine that trains and encodes; empty for this process
   * @param segments an index of ten segments, which stays as it is
   * @param scratch exists and is empty
   */
  public List<Abort> run(String index, OptionalInt port, Path segments, Path scratch)
      throws IOException {
    if (port.isEmpty()) {
      return run(contender.format(index), segments, scratch);
    }
    if (!(contender instanceof IvfContender ours)) {
      throw new IllegalArgumentException(
          "contender must be of this project, got: " + contender.name());
    }
    RemoteConfig remote = RemoteConfig.of("127.0.0.1", port.getAsInt());
    try (SidecarConnection sidecar = SidecarConnection.open(remote)) {
      SidecarCounters counters = new SidecarCounters();
      Ports ports = Traffic.ports(sidecar, counters);
      List<Abort> aborts = run(ours.format(ports), segments, scratch);
      if (counters.fallbacks() > 0) {
        throw new IOException("the sidecar must do the work, got: " + counters);
      }
      return aborts;
    }
  }

  private List<Abort> run(KnnVectorsFormat format, Path segments, Path scratch) throws IOException {
    SplittableRandom random = new SplittableRandom(SEED);
    List<Abort> aborts = new ArrayList<>();
    long end = System.nanoTime() + (long) (limits.seconds() * 1e9);
    double longest = limits.longestSeconds();
    for (int i = 0; aborts.size() < limits.aborts() && i < ATTEMPTS * limits.aborts(); i++) {
      double share = (aborts.size() + random.nextDouble()) / limits.aborts();
      // The first goes on as long as it may, and tells how long a merge takes.
      double seconds = i == 0 ? longest : share * longest;
      if (i > 0 && System.nanoTime() > end) {
        break;
      }
      Path place = Files.createTempDirectory(scratch, "merge");
      try {
        longest = Math.min(longest, abort(format, segments, place, seconds, aborts));
      } finally {
        IOUtils.rm(place);
      }
    }
    return aborts;
  }

  /**
   * Merges for some time, then gives up.
   *
   * @param to gets the abort, unless the merge has ended before
   * @return the seconds that the merge took, if it ended before; else infinity
   */
  private double abort(
      KnnVectorsFormat format, Path segments, Path place, double seconds, List<Abort> to)
      throws IOException {
    link(segments, place);
    LuceneBuild build = new LuceneBuild(format, vectors, Layout.MERGED);
    ConcurrentMergeScheduler scheduler = new ConcurrentMergeScheduler();
    try (Directory directory = Directories.open(place);
        IndexWriter writer = build.abortable(directory, scheduler)) {
      long start = System.nanoTime();
      build.startMerge(writer);
      long due = start + (long) (seconds * 1e9);
      for (long left = due - start; left > 0; left = due - System.nanoTime()) {
        LockSupport.parkNanos(Math.min(left, LOOK_NANOS));
        if (scheduler.mergeThreadCount() == 0) {
          return (System.nanoTime() - start) / 1e9;
        }
      }
      MergePhase phase = phase();
      long asked = System.nanoTime();
      if (to.size() % 2 == 0) {
        writer.rollback();
      } else {
        writer.close();
      }
      to.add(new Abort(phase.title(), (System.nanoTime() - asked) / 1e6));
      return Double.POSITIVE_INFINITY;
    }
  }

  private static void link(Path segments, Path place) throws IOException {
    try (Directory from = Directories.open(segments)) {
      for (String file : from.listAll()) {
        if (!file.equals(IndexWriter.WRITE_LOCK_NAME)) {
          Files.createLink(place.resolve(file), segments.resolve(file));
        }
      }
    }
  }

  private static MergePhase phase() {
    for (Map.Entry<Thread, StackTraceElement[]> thread : Thread.getAllStackTraces().entrySet()) {
      if (thread.getKey().getName().contains(MERGE_THREAD)) {
        return MergePhase.of(thread.getValue());
      }
    }
    return MergePhase.OTHER;
  }
}
