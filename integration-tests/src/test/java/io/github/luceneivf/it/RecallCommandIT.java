// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.luceneivf.benchmarks.data.DataSet;
import io.github.luceneivf.benchmarks.recall.RecallCommand;
import io.github.luceneivf.codec.IvfVectorsFormat;
import io.github.luceneivf.it.data.DataFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.store.FSDirectory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./ivf recall} in a process of its own, on an index of real sentences. */
@Timeout(300)
class RecallCommandIT {

  private static final int DOCUMENTS = 20_000;
  private static final Pattern DEFAULT_AT_10 =
      Pattern.compile(
          "\"k\" : 10,\\s+\"setting\" : \"default\".*?\"mean\" : ([0-9.]+)", Pattern.DOTALL);

  @TempDir Path temp;

  @Test
  void sentences() throws Exception {
    DataSet data = DataFolder.open("wordnet-minilm");
    Path index = temp.resolve("index");
    write(index, data);
    Path json = temp.resolve("recall.json");
    List<String> documents = List.of("--sample", "200");
    assertTrue(recall(index, json, documents) >= 0.95);
    Path queries = DataFolder.require(data.name()).resolve("queries.f16.gz");
    double given = recall(index, json, List.of("--sample", "200", "--queries", queries.toString()));
    assertTrue(given >= 0.93, "queries of the data set: " + given);
  }

  private static void write(Path folder, DataSet data) throws IOException {
    IndexWriterConfig config =
        new IndexWriterConfig().setCodec(VectorIndex.codec(new IvfVectorsFormat()));
    try (FSDirectory directory = FSDirectory.open(folder);
        IndexWriter writer = new IndexWriter(directory, config)) {
      for (int i = 0; i < DOCUMENTS; i++) {
        Document document = new Document();
        float[] vector = data.base().row((int) (i * 7919L % data.base().size()));
        document.add(new KnnFloatVectorField("v", vector, VectorSimilarityFunction.COSINE));
        writer.addDocument(document);
      }
    }
  }

  /** Runs the command and returns the recall@10 of the default that it has written. */
  private double recall(Path index, Path json, List<String> more) throws Exception {
    List<String> words =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules",
                "jdk.incubator.vector",
                "-cp",
                System.getProperty("java.class.path"),
                RecallCommand.class.getName(),
                "--index",
                index.toString(),
                "--field",
                "v",
                "--json",
                json.toString()));
    words.addAll(more);
    Path log = temp.resolve("log");
    Process process =
        new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    assertTrue(process.waitFor(200, TimeUnit.SECONDS), "ends");
    String said = Files.readString(log, StandardCharsets.UTF_8);
    System.out.println(said);
    assertEquals(0, process.exitValue(), said);
    assertTrue(said.contains("20,000 vectors of 384 dimensions, COSINE"), said);
    Matcher found = DEFAULT_AT_10.matcher(Files.readString(json));
    assertTrue(found.find(), "the figure is there");
    return Double.parseDouble(found.group(1));
  }
}
