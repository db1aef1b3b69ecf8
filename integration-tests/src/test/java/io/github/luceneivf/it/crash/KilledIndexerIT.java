// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it.crash;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.apache.lucene.index.CheckIndex;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.util.Bits;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that flushes, trains, merges and commits all the time dies by SIGKILL at a random
 * moment, again and again, over the same index: no change that it acknowledged is lost, and the
 * next process goes on. {@code -Divf.indexer.kills=200} for more rounds.
 */
class KilledIndexerIT {

  private static final int KILLS = Integer.getInteger("ivf.indexer.kills", 8);
  private static final long SEED = Long.getLong("ivf.indexer.kills.seed", 20261130L);

  /** Kills after which a new index is begun, so that first trainings are hit as well. */
  private static final int KILLS_PER_INDEX = 8;

  /** Longest from when the writer is open, or the first segment written, to its death. */
  private static final int MOST_MILLIS = 1_600;

  private static final int QUERIES = 40;

  private final Map<String, Integer> segments = new TreeMap<>();
  private int inTheMiddle;
  private int temporary;

  @Test
  void nothingThatWasAcknowledgedIsLost(@TempDir Path folder) throws Exception {
    Random random = new Random(SEED);
    Path index = folder;
    long script = 0;
    int commits = 0;
    int acknowledged = 0;
    for (int kill = 0; kill < KILLS; kill++) {
      if (kill % KILLS_PER_INDEX == 0) {
        index = Files.createDirectory(folder.resolve("index" + kill));
        script = random.nextLong();
        acknowledged = 0;
      }
      String where = "kill " + (kill + 1) + ", seed " + SEED;
      List<Integer> told = writeAndDie(index, script, random, where);
      commits += told.size();
      acknowledged = told.isEmpty() ? acknowledged : told.getLast();
      acknowledged = check(index, script, acknowledged, where);
    }
    System.out.printf(
        Locale.ROOT,
        "%d kills (seed %d): %d commits acknowledged, none lost; %d kills left files of no commit,"
            + " %d of them temporary ones; segments written: %s%n",
        KILLS,
        SEED,
        commits,
        inTheMiddle,
        temporary,
        segments);
    assertTrue(commits > 0, "no commit was acknowledged, seed " + SEED);
    assertTrue(inTheMiddle > 0, "no kill hit a writer at work, seed " + SEED);
  }

  /** Returns what the process acknowledged. */
  private List<Integer> writeAndDie(Path index, long script, Random random, String where)
      throws Exception {
    long delay = random.nextInt(MOST_MILLIS);
    Process victim = start(index, script, random.nextLong());
    List<Integer> commits = new ArrayList<>();
    try (BufferedReader lines = victim.inputReader()) {
      String first = lines.readLine();
      assertEquals(IndexingVictim.READY, first, () -> where + ": " + log(index));
      if (random.nextBoolean()) {
        note(lines.readLine(), commits);
      }
      TimeUnit.MILLISECONDS.sleep(delay); // any moment will do
      assertTrue(victim.isAlive(), () -> where + ": it ended by itself: " + log(index));
      victim.toHandle().destroyForcibly(); // the process itself would close its output as well
      victim.waitFor();
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        note(line, commits);
      }
    }
    return commits;
  }

  private void note(String line, List<Integer> commits) {
    if (line.startsWith(IndexingVictim.COMMIT)) {
      commits.add(Integer.parseInt(line.substring(IndexingVictim.COMMIT.length())));
    } else if (line.startsWith(IndexingVictim.SEGMENT)) {
      segments.merge(line.substring(IndexingVictim.SEGMENT.length()), 1, Integer::sum);
    }
  }

  private static Process start(Path index, long script, long seed) throws IOException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-XX:TieredStopAtLevel=1", // it lives too short for more
            "--add-modules",
            "jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            IndexingVictim.class.getName(),
            index.toString(),
            Long.toString(script),
            Long.toString(seed));
    return new ProcessBuilder(command).redirectError(logFile(index).toFile()).start();
  }

  private static Path logFile(Path index) {
    return index.resolveSibling(index.getFileName() + ".log");
  }

  private static String log(Path index) {
    try {
      return Files.readString(logFile(index));
    } catch (IOException e) {
      return e.toString();
    }
  }

  /**
   * Checks everything that is left, and that it can be written to.
   *
   * @return the changes in the index
   */
  private int check(Path folder, long seed, int acknowledged, String where) throws Exception {
    try (Directory directory = FSDirectory.open(folder)) {
      if (!DirectoryReader.indexExists(directory)) {
        assertEquals(0, acknowledged, where + ": the index is gone");
        return 0;
      }
      SegmentInfos commit = SegmentInfos.readLatestCommit(directory);
      int done = Integer.parseInt(commit.getUserData().getOrDefault(IndexingVictim.DONE, "0"));
      assertTrue(
          done >= acknowledged,
          where + ": " + acknowledged + " changes were acknowledged, the commit has " + done);
      countLeftovers(directory, commit);
      try (CheckIndex check = new CheckIndex(directory)) {
        assertTrue(check.checkIndex().clean, where + ": CheckIndex");
      }
      IndexScript script = new IndexScript(seed).replay(done);
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        assertHolds(reader, script, where);
        assertFindsItself(reader, script, where);
      }
      assertCanBeWritten(directory, script, where);
      return script.done();
    }
  }

  private void countLeftovers(Directory directory, SegmentInfos commit) throws IOException {
    Set<String> left = new HashSet<>(List.of(directory.listAll()));
    left.removeAll(commit.files(true));
    left.remove(IndexWriter.WRITE_LOCK_NAME);
    inTheMiddle += left.isEmpty() ? 0 : 1;
    temporary += left.stream().anyMatch(file -> file.endsWith(".tmp")) ? 1 : 0;
  }

  /** Every document that should be there is, once, with the bits of its vector; no other is. */
  private static void assertHolds(DirectoryReader reader, IndexScript script, String where)
      throws IOException {
    Map<Integer, Integer> left = new HashMap<>(script.changes());
    assertEquals(left.size(), reader.numDocs(), where);
    for (LeafReaderContext leaf : reader.leaves()) {
      FloatVectorValues vectors =
          Objects.requireNonNull(leaf.reader().getFloatVectorValues(IndexScript.VECTOR), where);
      Bits live = leaf.reader().getLiveDocs();
      NumericDocValues ids = leaf.reader().getNumericDocValues(IndexScript.ID);
      NumericDocValues changes = leaf.reader().getNumericDocValues(IndexScript.CHANGE);
      KnnVectorValues.DocIndexIterator docs = vectors.iterator();
      for (int doc = 0; doc < leaf.reader().maxDoc(); doc++) {
        assertEquals(doc, docs.nextDoc(), where);
        assertTrue(ids.advanceExact(doc) && changes.advanceExact(doc), where);
        if (live != null && !live.get(doc)) {
          continue;
        }
        int id = (int) ids.longValue();
        int change = (int) changes.longValue();
        assertEquals(left.remove(id), change, () -> where + ": document " + id);
        assertArrayEquals(
            script.vector(change),
            vectors.vectorValue(docs.index()),
            0,
            () -> where + ": vector of document " + id);
      }
    }
    assertEquals(Map.of(), left, where);
  }

  private static void assertFindsItself(DirectoryReader reader, IndexScript script, String where)
      throws IOException {
    IndexSearcher searcher = new IndexSearcher(reader);
    Collection<Integer> all = new TreeSet<>(script.changes().values());
    int step = Math.max(1, all.size() / QUERIES);
    int at = 0;
    int asked = 0;
    int found = 0;
    for (int change : all) {
      if (at++ % step == 0) {
        KnnFloatVectorQuery query =
            new KnnFloatVectorQuery(IndexScript.VECTOR, script.vector(change), 10);
        asked++;
        found += change(reader, searcher.search(query, 1).scoreDocs[0].doc) == change ? 1 : 0;
      }
    }
    assertTrue(found >= 0.95 * asked, where + ": of " + asked + " vectors found: " + found);
  }

  private static long change(DirectoryReader reader, int doc) throws IOException {
    LeafReaderContext leaf = reader.leaves().get(ReaderUtil.subIndex(doc, reader.leaves()));
    NumericDocValues changes = leaf.reader().getNumericDocValues(IndexScript.CHANGE);
    assertTrue(changes.advanceExact(doc - leaf.docBase));
    return changes.longValue();
  }

  /** A writer removes what belongs to no commit, and goes on with the script. */
  private static void assertCanBeWritten(Directory directory, IndexScript script, String where)
      throws IOException {
    try (IndexWriter writer = IndexingVictim.writer(directory, _ -> {})) {
      for (int i = 0; i < 10; i++) {
        script.apply(writer);
      }
      writer.setLiveCommitData(
          Map.of(IndexingVictim.DONE, Integer.toString(script.done())).entrySet());
      writer.commit();
    }
    Set<String> left = new TreeSet<>(List.of(directory.listAll()));
    left.removeAll(SegmentInfos.readLatestCommit(directory).files(true));
    left.remove(IndexWriter.WRITE_LOCK_NAME);
    assertEquals(Set.of(), left, where + ": files of no commit");
    try (DirectoryReader reader = DirectoryReader.open(directory)) {
      assertHolds(reader, script, where);
    }
  }
}
