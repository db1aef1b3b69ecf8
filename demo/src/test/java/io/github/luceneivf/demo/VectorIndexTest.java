// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.codec.IvfVectorsFormat;
import io.github.luceneivf.codec.config.IvfParams;
import io.github.luceneivf.codec.config.Ports;
import io.github.luceneivf.probe.IvfSearchStrategy;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.lucene.index.DirectoryReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VectorIndexTest {

  private static final int DOCS = 1_200;
  private static final int DIM = 16;

  @TempDir Path folder;

  private final float[][] vectors = unitVectors(DOCS, 1);
  private final float[][] queries = unitVectors(20, 2);
  private final List<Synset> synsets =
      IntStream.range(0, DOCS)
          .mapToObj(
              i -> new Synset(i + "-n", List.of("word" + i), "gloss of " + i, "n", "noun.Tops"))
          .toList();

  private static float[][] unitVectors(int count, long seed) {
    Random random = new Random(seed);
    float[][] vectors = new float[count][DIM];
    for (float[] vector : vectors) {
      double norm = 0;
      for (int d = 0; d < DIM; d++) {
        vector[d] = (float) random.nextGaussian();
        norm += vector[d] * vector[d];
      }
      for (int d = 0; d < DIM; d++) {
        vector[d] /= (float) Math.sqrt(norm);
      }
    }
    return vectors;
  }

  private VectorIndex create(MergeLog log) throws Exception {
    IvfParams params =
        IvfParams.DEFAULT.withThresholds(new IvfParams.Thresholds(DOCS / 32, DOCS / 2, 6));
    return VectorIndex.create(
        folder.resolve("index"), new IvfVectorsFormat(params, Ports.LOCAL.withListener(log)), log);
  }

  private Set<Long> nearest(float[] query) {
    return IntStream.range(0, DOCS)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> -dot(query, vectors[i])))
        .limit(Measurements.K)
        .map(Integer::longValue)
        .collect(Collectors.toSet());
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int d = 0; d < DIM; d++) {
      sum += a[d] * b[d];
    }
    return sum;
  }

  private static Measurements.Found exact(DirectoryReader reader, float[][] queries)
      throws Exception {
    return Measurements.found(
        reader,
        queries,
        (searcher, q) -> ExactScan.search(searcher, VectorIndex.VECTOR, q, Measurements.K));
  }

  @Test
  void exactScanFindsTheNearest() throws Exception {
    MergeLog log = new MergeLog();
    try (VectorIndex index = create(log)) {
      index.fill(synsets.subList(0, 1_000), vectors);
      index.addInOneFlush(
          synsets.subList(1_000, DOCS), Arrays.copyOfRange(vectors, 1_000, DOCS), 1_000);
      assertEquals(VectorIndex.FLUSHES + VectorIndex.LATE_FLUSHES + 1, log.flushes().size());
      assertEquals(6, log.merges().size());
      assertEquals(1, log.count(MergeLog.Kind.COPY));
      try (DirectoryReader reader = index.openReader()) {
        assertEquals(2, reader.leaves().size());
        Measurements.Found found = exact(reader, queries);
        for (int i = 0; i < queries.length; i++) {
          assertEquals(nearest(queries[i]), found.rows().get(i));
        }
        assertEquals(1, found.recall(found));
      }
    }
  }

  @Test
  void factsAndRecallAreThoseOfTheSegments() throws Exception {
    MergeLog log = new MergeLog();
    try (VectorIndex index = create(log)) {
      index.fill(synsets, vectors);
      try (DirectoryReader reader = index.openReader()) {
        SegmentFacts facts =
            SegmentFacts.of(reader, queries, IvfSearchStrategy.nprobe(2).oversample(3));
        assertEquals(1, facts.segments());
        assertEquals(0, facts.exact());
        assertEquals(log.merges().getLast().nlist(), facts.nlist());
        assertEquals(2, facts.nprobe());
        assertEquals(2.0 / facts.nlist(), facts.scanned(), 1.0 / facts.nlist());
        SegmentFacts usual = SegmentFacts.of(reader, queries, IvfSearchStrategy.CALIBRATED);
        assertTrue(usual.nprobe() <= usual.nlist(), usual::toString);
        assertTrue(usual.scanned() >= facts.scanned() && usual.scanned() <= 1, usual::toString);
      }
      index.deleteEvery(50, DOCS);
      try (DirectoryReader reader = index.openReader()) {
        // So few vectors that live are scored as they are.
        SegmentFacts few = SegmentFacts.of(reader, queries, IvfSearchStrategy.nprobe(2));
        assertEquals(0, few.nprobe());
        assertEquals(1, few.scanned());
        assertEquals(DOCS - DOCS / 50, reader.numDocs());
        Set<Long> deleted =
            IntStream.range(0, DOCS / 50).mapToObj(i -> i * 50L).collect(Collectors.toSet());
        exact(reader, queries)
            .rows()
            .forEach(rows -> assertTrue(rows.stream().noneMatch(deleted::contains)));
      }
      assertTrue(index.bytes() > (long) DOCS * DIM * Float.BYTES);
    }
  }

  @Test
  void answersStandSideBySideAndFit() throws Exception {
    ByteArrayOutputStream shown = new ByteArrayOutputStream();
    Screen screen = new Screen(new PrintStream(shown, true, StandardCharsets.UTF_8), false, 90);
    try (VectorIndex index = create(new MergeLog())) {
      index.fill(synsets, vectors);
      try (DirectoryReader reader = index.openReader()) {
        Answers.english(screen, reader).show("word7 (or \"word8", vectors[9]);
      }
    }
    List<String> lines = shown.toString(StandardCharsets.UTF_8).lines().toList();
    assertTrue(lines.stream().allMatch(line -> line.length() <= 90), lines::toString);
    String hits = String.join("\n", lines);
    assertTrue(hits.contains("word7") && hits.contains("word8"), hits);
    assertTrue(hits.contains("1 word9"), hits);
  }
}
