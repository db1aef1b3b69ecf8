// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.codec.config.Ports;
import io.github.luceneivf.codec.telemetry.IndexEvent;
import io.github.luceneivf.testdata.NiceValue;
import io.github.luceneivf.thread.BackgroundThread;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.TieredMergePolicy;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.Constants;

/** Merges run at a lower priority than flushes and searches. */
public class TestBackgroundMergeScheduler extends LuceneTestCase {

  public void testMergesAreNice() throws Exception {
    assumeTrue("nice values of threads", Constants.LINUX);
    int before = NiceValue.ofCallingThread();
    FloatMatrix rows = ManySegments.base(ManySegments.clusters(random().nextLong()));
    List<Integer> flushes = new CopyOnWriteArrayList<>();
    List<Integer> merges = new CopyOnWriteArrayList<>();
    IvfVectorsFormat format =
        new IvfVectorsFormat(
            ManySegments.LISTS,
            Ports.LOCAL.withListener(event ->
                (event.cause() == IndexEvent.Cause.MERGE ? merges : flushes)
                    .add(NiceValue.ofCallingThread())));
    IndexWriterConfig config =
        VectorIndexing.config(format)
            .setMergePolicy(new TieredMergePolicy())
            .setMergeScheduler(new BackgroundMergeScheduler());
    try (Directory directory = newDirectory();
        IndexWriter writer = new IndexWriter(directory, config)) {
      for (int from = 0; from < 6_000; from += 2_000) {
        VectorIndexing.add(writer, rows, from, from + 2_000, ManySegments.L2);
        writer.flush();
      }
      writer.forceMerge(1);
    }
    assertEquals(List.of(before, before, before), flushes);
    assertEquals(List.of(BackgroundThread.NICE), merges);
    assertEquals(before, NiceValue.ofCallingThread());
  }
}
