// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.codec;

import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.codebook.CodebookSource;
import io.github.luceneivf.codebook.TrainedCodebook;
import io.github.luceneivf.codec.config.IvfParams;
import io.github.luceneivf.codec.config.ListSizing;
import io.github.luceneivf.codec.config.Ports;
import io.github.luceneivf.codec.telemetry.IndexEvent;
import io.github.luceneivf.testdata.VectorGenerators;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.util.LuceneTestCase;

/** What one index trains is offered to the source, and another one uses it. */
public class TestSharedCodebook extends LuceneTestCase {

  private static final IvfParams LISTS =
      IvfParams.DEFAULT
          .withThresholds(new IvfParams.Thresholds(50, 500, 2))
          .withSizing(ListSizing.fixed(16));

  private final Map<String, TrainedCodebook> shared = new ConcurrentHashMap<>();
  private final List<IndexEvent> events = Collections.synchronizedList(new ArrayList<>());

  private final CodebookSource source =
      new CodebookSource() {
        @Override
        public Optional<TrainedCodebook> latest(String field) {
          return Optional.ofNullable(shared.get(field));
        }

        @Override
        public void offer(String field, TrainedCodebook trained) {
          shared.put(field, trained);
        }
      };

  public void testTrainedCodebookIsOfferedAndUsedByAnotherIndex() throws Exception {
    IvfVectorsFormat format =
        new IvfVectorsFormat(
            LISTS, new Ports(Ports.LOCAL.trainer(), Ports.LOCAL.encoder(), source, events::add));
    FloatMatrix rows = VectorGenerators.clusters(1_200, 16, 20, 0.6, 1);
    for (int index = 0; index < 2; index++) {
      try (Directory directory = new ByteBuffersDirectory()) {
        VectorIndexing.index(
            directory,
            VectorIndexing.config(format),
            rows,
            VectorSimilarityFunction.EUCLIDEAN,
            1,
            _ -> {});
      }
    }
    assertEquals(
        List.of(IndexEvent.Action.TRAIN, IndexEvent.Action.ASSIGN),
        events.stream().map(IndexEvent::action).toList());
    assertEquals(1, shared.size());
  }
}
