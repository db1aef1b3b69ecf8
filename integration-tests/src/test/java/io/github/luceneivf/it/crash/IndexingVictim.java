// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it.crash;

import io.github.luceneivf.codec.BackgroundMergeScheduler;
import io.github.luceneivf.codec.IvfVectorsFormat;
import io.github.luceneivf.codec.config.IvfParams;
import io.github.luceneivf.codec.config.ListSizing;
import io.github.luceneivf.codec.config.Ports;
import io.github.luceneivf.codec.telemetry.IndexEvent;
import io.github.luceneivf.codec.telemetry.IndexListener;
import io.github.luceneivf.it.VectorIndex;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.TieredMergePolicy;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;

/**
 * Writes an index until it is killed. A process of its own: {@link KilledIndexerIT} starts it. Goes
 * on where the last commit of the index is; prints {@code ready}, then for each commit, once it is
 * done, {@code commit} and the number of changes in it, and for each segment what was done.
 */
final class IndexingVictim {

  static final String READY = "ready";
  static final String COMMIT = "commit ";
  static final String SEGMENT = "segment ";

  /** Key in a commit's user data: the changes in it. */
  static final String DONE = "done";

  private IndexingVictim() {}

  /**
   * Writes.
   *
   * @param args folder of the index, seed of the script, seed of flushes and commits
   */
  public static void main(String[] args) throws IOException {
    try (Directory directory = FSDirectory.open(Path.of(args[0]));
        IndexWriter writer = writer(directory, IndexingVictim::tell)) {
      IndexScript script = new IndexScript(Long.parseLong(args[1])).replay(committed(writer));
      SplittableRandom random = new SplittableRandom(Long.parseLong(args[2]));
      tell(READY);
      while (true) {
        int changes = random.nextInt(1, 600);
        for (int i = 0; i < changes; i++) {
          script.apply(writer);
        }
        if (random.nextInt(3) == 0) {
          writer.flush();
        }
        writer.setLiveCommitData(Map.of(DONE, Integer.toString(script.done())).entrySet());
        writer.commit();
        tell(COMMIT + script.done());
      }
    }
  }

  /** One write per line, so that a line is there whole or not at all. */
  private static synchronized void tell(String line) {
    byte[] bytes = (line + "\n").getBytes(StandardCharsets.US_ASCII);
    System.out.write(bytes, 0, bytes.length);
    System.out.flush();
  }

  /** Opens a writer that flushes, trains and merges all the time. */
  static IndexWriter writer(Directory directory, IndexListener listener) throws IOException {
    IvfParams params =
        IvfParams.DEFAULT
            .withThresholds(new IvfParams.Thresholds(40, 150, 2))
            .withSizing(ListSizing.fixed(24))
            .withMergeBudgetBytes(64 << 10); // codes of merges go through temporary files
    TieredMergePolicy policy = new TieredMergePolicy();
    policy.setSegmentsPerTier(2);
    policy.setNoCFSRatio(0.3);
    IvfVectorsFormat format = new IvfVectorsFormat(params, Ports.LOCAL.withListener(listener));
    return new IndexWriter(
        directory,
        new IndexWriterConfig()
            .setCodec(VectorIndex.codec(format))
            .setMergePolicy(policy)
            .setMergeScheduler(new BackgroundMergeScheduler())
            .setMaxBufferedDocs(200));
  }

  private static void tell(IndexEvent event) {
    tell(SEGMENT + event.cause() + " " + event.action());
  }

  private static int committed(IndexWriter writer) {
    Iterable<Map.Entry<String, String>> data = writer.getLiveCommitData();
    if (data != null) {
      for (Map.Entry<String, String> entry : data) {
        if (entry.getKey().equals(DONE)) {
          return Integer.parseInt(entry.getValue());
        }
      }
    }
    return 0;
  }
}
