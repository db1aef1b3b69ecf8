// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.recall;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.luceneivf.clustering.FloatMatrix;
import io.github.luceneivf.testdata.VectorGenerators;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.store.FSDirectory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class RecallCommandTest {

  private static final int ROWS = 9_000;
  private static final int DIM = 16;
  private static final FloatMatrix ALL = VectorGenerators.clusters(ROWS + 50, DIM, 60, 0.5, 3);

  @TempDir Path temp;

  /** What a run has ended with. */
  private record Run(int exit, String out, String err) {}

  private static Run run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine command =
        RecallCommand.command().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    return new Run(command.execute(arguments), out.toString(), err.toString());
  }

  private Run measure(Path index, String... more) {
    List<String> arguments = new ArrayList<>(List.of("--index", index.toString(), "--field", "v"));
    arguments.addAll(List.of("--sample", "60", "--threads", "2"));
    arguments.addAll(List.of(more));
    return run(arguments.toArray(String[]::new));
  }

  private Path index() throws IOException {
    Path folder = temp.resolve("index");
    TestIndex.add(folder, TestIndex.ours(), ALL, 0, ROWS);
    TestIndex.deleteTenth(folder, ROWS);
    return folder;
  }

  private static Map<String, String> files(Path folder) throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> list = Files.list(folder)) {
      for (Path file : list.toList()) {
        files.put(
            file.getFileName().toString(),
            Files.size(file) + " " + Files.getLastModifiedTime(file));
      }
    }
    return files;
  }

  @Test
  void figuresOfSampledDocumentsAsTableAndJson() throws IOException {
    Path index = index();
    Map<String, String> before = files(index);
    Path json = temp.resolve("recall.json");
    Run run = measure(index, "--json", json.toString(), "--nprobe", "1,1000000");
    assertEquals(0, run.exit, run.err);
    assertEquals(before, files(index), "nothing is written");
    for (String shown : new String[] {"default", "recall(0.99)", "nprobe(1)", "IvfVectorsFormat"}) {
      assertTrue(run.out.contains(shown), run.out);
    }
    JsonNode report = new JsonMapper().readTree(json.toFile());
    assertEquals(DIM, report.get("dim").asInt());
    assertEquals(ROWS, report.get("vectors").asInt());
    assertEquals(3 * 7, report.get("figures").size());
    Map<String, Double> means = new TreeMap<>();
    for (JsonNode figure : report.get("figures")) {
      assertEquals(60, figure.get("queries").asInt());
      double mean = figure.get("mean").asDouble();
      assertTrue(figure.get("low").asDouble() <= mean && mean <= figure.get("high").asDouble());
      means.put(figure.get("k").asInt() + " " + figure.get("setting").asText(), mean);
    }
    assertTrue(means.getOrDefault("10 default", Double.NaN) >= 0.9, means::toString);
    // All lists, which the codes can only lose a little of.
    assertTrue(means.getOrDefault("10 nprobe(1000000)", Double.NaN) >= 0.95, means::toString);
    assertTrue(
        means.getOrDefault("100 nprobe(1)", Double.NaN)
            < means.getOrDefault("100 nprobe(1000000)", Double.NaN),
        means::toString);
  }

  @Test
  void figuresOfGivenQueriesOverSegmentsOfTwoFormats() throws IOException {
    Path index = temp.resolve("index");
    TestIndex.add(index, TestIndex.ours(), ALL, 0, ROWS - 2000);
    TestIndex.add(index, TestIndex.hnsw(), ALL, ROWS - 2000, ROWS);
    Path queries =
        TestIndex.fvecs(temp.resolve("q.fvecs"), VectorGenerators.slice(ALL, ROWS, ROWS + 50));
    Path json = temp.resolve("recall.json");
    Run run = measure(index, "--queries", queries.toString(), "--json", json.toString());
    assertEquals(0, run.exit, run.err);
    JsonNode report = new JsonMapper().readTree(json.toFile());
    JsonNode formats = report.get("formats");
    assertEquals(2 * 3, formats.size());
    long vectors = 0;
    for (JsonNode format : formats) {
      vectors += format.get("k").asInt() == 10 ? format.get("vectors").asLong() : 0;
      assertTrue(format.get("found").asDouble() > 0.7, format::toString);
    }
    assertEquals(ROWS, vectors);
    assertTrue(run.out.contains("Lucene99HnswVectorsFormat"), run.out);
    assertTrue(run.out.contains("22 % of the vectors lie in segments of"), run.out);
  }

  @Test
  void indexOfAnotherFormatAlone() throws IOException {
    Path index = temp.resolve("index");
    TestIndex.add(index, TestIndex.hnsw(), ALL, 0, 1500);
    Run run = measure(index);
    assertEquals(0, run.exit, run.err);
    assertFalse(run.out.contains("recall(0.99)"), run.out);
    assertTrue(run.out.contains("100 % of the vectors"), run.out);
  }

  @Test
  void indexThatIsBeingWritten() throws IOException {
    Path index = temp.resolve("index");
    try (FSDirectory directory = FSDirectory.open(index);
        IndexWriter writer = new IndexWriter(directory, TestIndex.config(TestIndex.ours()))) {
      for (int row = 0; row < 2000; row++) {
        writer.addDocument(TestIndex.document(ALL, row));
      }
      writer.commit();
      for (int row = 2000; row < 3000; row++) {
        writer.addDocument(TestIndex.document(ALL, row));
      }
      writer.flush();
      Run run = measure(index);
      assertEquals(0, run.exit, run.err);
      assertTrue(run.out.contains("2,000 vectors"), "the latest commit: " + run.out);
      writer.addDocument(TestIndex.document(ALL, 3000));
      writer.commit();
    }
    assertTrue(measure(index).out.contains("3,001 vectors"));
  }

  private void assertFails(String text, Run run) {
    assertEquals(1, run.exit, run.err);
    assertTrue(run.err.startsWith("ivf recall: " + text), run.err);
    assertEquals(1, run.err.lines().count(), "no stack trace: " + run.err);
  }

  @Test
  void whatTheUserCanPutRightIsSaid() throws IOException {
    Path nowhere = temp.resolve("nowhere");
    assertFails("index must be the folder of a Lucene index, got: " + nowhere, measure(nowhere));
    assertFalse(Files.exists(nowhere), "nothing is made");
    Path empty = Files.createDirectory(temp.resolve("empty"));
    assertFails("index must be the folder of a Lucene index, got: " + empty, measure(empty));
    Path index = temp.resolve("index");
    TestIndex.add(index, TestIndex.ours(), ALL, 0, 1200);
    String field =
        "field must be one of float vectors, there are {bytes=BYTE of 3, v=FLOAT32 of 16}";
    assertFails(field + ", got: w", run("--index", index.toString(), "--field", "w"));
    assertFails(field + ", got: bytes", run("--index", index.toString(), "--field", "bytes"));
    Path file = TestIndex.fvecs(temp.resolve("q.fvecs"), VectorGenerators.uniform(5, DIM + 1, 1));
    assertFails(
        "queries must have the 16 dimensions of field v, got: 17 in " + file,
        measure(index, "--queries", file.toString()));
    Path text = Files.writeString(temp.resolve("queries.txt"), "1 2 3");
    assertFails("queries must end in ", measure(index, "--queries", text.toString()));
    assertFails("queries must be a file, got: ", measure(index, "--queries", nowhere.toString()));
    FloatMatrix wrong = VectorGenerators.uniform(5, DIM, 1);
    wrong.values()[7] = Float.NaN;
    Path nan = TestIndex.fvecs(temp.resolve("nan.fvecs"), wrong);
    assertFails("queries must be finite, got: NaN", measure(index, "--queries", nan.toString()));
  }

  @Test
  void wrongArgumentsEndWithTwo() {
    Run run = measure(temp, "--k", "0");
    assertEquals(2, run.exit);
    assertTrue(run.err.contains("--k must be in [1, 10000], got: 0"), run.err);
    assertTrue(measure(temp, "--want", "1").err.contains("--want must be in (0, 1), got: 1.0"));
    assertTrue(measure(temp, "--target", "2").err.contains("recall must be in (0, 1), got: 2.0"));
    assertEquals(2, run("--field", "v").exit);
  }

  @Test
  void codecOfAUserIsFoundOnItsClassPath() throws IOException {
    Path index = temp.resolve("index");
    TestIndex.add(index, new ForeignCodec(), ALL, 0, 1500);
    Run without = measure(index);
    assertFails("index must be of codecs and formats that are known here", without);
    assertTrue(without.err.contains("ForeignCodecOfTests"), without.err);
    Path services = Files.createDirectories(temp.resolve("jar/META-INF/services"));
    Files.writeString(
        services.resolve("org.apache.lucene.codecs.Codec"), ForeignCodec.class.getName());
    Run with = measure(index, "--class-path", temp.resolve("jar").toString());
    assertEquals(0, with.exit, with.err);
    assertFails(
        "--class-path must have files that exist, got: gone.jar",
        measure(index, "--class-path", "gone.jar"));
  }
}
