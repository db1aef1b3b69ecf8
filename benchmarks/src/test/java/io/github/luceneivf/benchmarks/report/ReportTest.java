// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.benchmarks.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {

  private static final Pattern FIGURES =
      Pattern.compile("<script id=\"figures\" type=\"application/json\">(.*?)</script>");

  @TempDir Path temp = Path.of("");

  private static ScenarioResult scenario() {
    return SampleReport.small().dataSets().getFirst().scenarios().getFirst();
  }

  /** What was not measured is null in JSON, and not a number here. */
  private static final class FigureOrNull extends StdDeserializer<Double> {

    private static final long serialVersionUID = 1L;

    FigureOrNull() {
      super(double.class);
    }

    @Override
    public Double deserialize(JsonParser from, DeserializationContext context) throws IOException {
      return from.getDoubleValue();
    }

    @Override
    public Double getNullValue(DeserializationContext context) {
      return Double.NaN;
    }
  }

  @Test
  void jsonTellsAllOfAReport() throws IOException {
    ObjectMapper reader =
        new ObjectMapper()
            .registerModule(new SimpleModule().addDeserializer(double.class, new FigureOrNull()));
    Path file = temp.resolve("r.json");
    for (BenchReport report : List.of(SampleReport.small(), SampleReport.full())) {
      ReportJson.write(report, file);
      assertEquals(report, reader.readValue(file.toFile(), BenchReport.class));
    }
  }

  @Test
  void whatWasNotMeasuredIsNullInJson() throws IOException {
    Path file = temp.resolve("r.json");
    ReportJson.write(SampleReport.small(), file);
    JsonNode set = new ObjectMapper().readTree(file.toFile()).path("dataSets").path(0);
    JsonNode point = set.at("/scenarios/0/curves/0/points/0");
    assertTrue(point.path("readBytesPerQuery").isNull());
    assertEquals(900, point.path("qpsMedian").asDouble());
    assertTrue(point.path("isDefault").isBoolean());
    assertEquals(13, point.size());
    assertTrue(set.at("/builds/0/forceMergeSeconds").isNull());
  }

  @Test
  void theFastestSettingIsChosenOnTheTuningHalf() {
    Point lucky = SampleReport.point("lucky", 0.94, 1000);
    Point honest = new Point("honest", 0.951, 0.948, 700, 690, 710, 700, 1, 2, 3, 4, 5, false);
    Point slow = SampleReport.point("slow", 0.99, 300);
    Curve curve = new Curve("c", Family.OURS, List.of(slow, lucky, honest));
    assertEquals(honest, Target.best(curve, 0.95).orElseThrow());
    assertEquals(slow, Target.best(curve, 0.96).orElseThrow());
    assertTrue(Target.best(curve, 0.999).isEmpty());
  }

  @Test
  void ratiosAreToTheFastestPeerAtTheSameRecall() {
    List<Target> at95 = Target.all(scenario(), 0.95);
    assertEquals(
        List.of("ours 1-bit", "ours <int8>", "hnsw M=16", "exact"),
        at95.stream().map(Target::contender).toList());
    assertEquals(3, at95.getFirst().ratioToBestPeer(), 1e-9);
    assertEquals(1, at95.get(2).ratioToBestPeer(), 1e-9);
    assertEquals(20, Target.all(scenario(), 0.99).getFirst().ratioToBestPeer(), 1e-9);
    ScenarioResult alone = new ScenarioResult("x", scenario().curves().subList(0, 2));
    assertTrue(Double.isNaN(Target.all(alone, 0.9).getFirst().ratioToBestPeer()));
  }

  @Test
  void figuresOutOfRangeAreRefused() {
    assertEquals(
        "recall must be in [0, 1], got: 1.5",
        assertThrows(
                IllegalArgumentException.class,
                () -> new Point("", 1, 1.5, 1, 1, 1, 1, 1, 1, 1, 1, 1, false))
            .getMessage());
    assertEquals(
        "qpsMedian must be positive and finite, got: NaN",
        assertThrows(IllegalArgumentException.class, () -> SampleReport.point("", 1, Double.NaN))
            .getMessage());
  }

  @Test
  void csvHasALineForEveryPoint() throws IOException {
    Path file = temp.resolve("r.csv");
    ReportCsv.write(SampleReport.small(), file);
    List<String> lines = Files.readAllLines(file);
    assertEquals(1 + 8, lines.size());
    assertTrue(lines.getFirst().startsWith("dataSet,scenario,contender,family,"), lines.getFirst());
    assertEquals(4 + 13, lines.getFirst().split(",").length, lines.getFirst());
    assertTrue(lines.get(1).startsWith("tiny,\"one segment\",\"ours 1-bit\",OURS,"), lines.get(1));
  }

  @Test
  void filtersAreShownBesideThoseOfPeers() throws IOException {
    String text = ReportText.of(SampleReport.small());
    assertTrue(text.contains("\nfilters, 10 segments: ours with nothing set"), text);
    String line = line(text, "1 % at random, cached");
    assertTrue(
        line.matches(
            " *1 % at random, cached +1[01] +ours 1-bit +0\\.970 +0\\.800 +0\\.010 +2,000 +1\\.50"
                + " +1,000 +2\\.00 +2\\.00 +3,500 +3\\.50 *"),
        line);
    Path file = temp.resolve("f.csv");
    ReportCsv.writeFilters(SampleReport.small(), file);
    List<String> lines = Files.readAllLines(file);
    assertEquals(1 + 4, lines.size());
    assertEquals(
        "dataSet,index,filter,cached,matches,contender,family,tuned,settings,recall,recall5,"
            + "shortShare,qpsMedian,qpsLow,qpsHigh,costToNone",
        lines.getFirst());
    assertEquals(
        "tiny,\"10 segments\",\"1 % at random\",true,10.5,\"ours 1-bit\",OURS,false,defaults,0.97,"
            + "0.8,0.01,2000.0,1800.0,2200.0,1.5",
        lines.get(1));
  }

  @Test
  void textShowsSpeedRatioAndBytes() {
    String text = ReportText.of(SampleReport.small());
    String line = line(text, "ours 1-bit");
    assertTrue(
        line.matches(" *ours 1-bit +900 +3\\.00 +2,667 +600 +3\\.00 .* 100 +20\\.00 .*"), line);
    String peer = line(text, "hnsw M=16");
    assertTrue(peer.strip().endsWith("-"), peer);
    assertTrue(text.contains("tiny: 1,000 x 16, EUCLIDEAN, 50 queries"), text);
    assertTrue(text.matches("(?s).*ours 1-bit +1\\.5 +2\\.5 +- +50\\.0 +0\\.0 +0\\.1.*"), text);
  }

  @Test
  void textAndCsvShowIndexesThatChange() throws IOException {
    String text = ReportText.of(SampleReport.small());
    assertTrue(text.matches("(?s).*ours 1-bit +sidecar +training +9 +4\\.5 +21\\.3.*"), text);
    assertTrue(
        text.matches("(?s).*hnsw M=16 +0\\.9900 .* 0\\.9000 +0\\.9000 +-0\\.0900 +1\\.50 +200.*"),
        text);
    Path file = temp.resolve("decay.csv");
    ReportCsv.writeDecay(SampleReport.small(), file);
    List<String> lines = Files.readAllLines(file);
    assertEquals(1 + 6, lines.size());
    assertEquals("dataSet,contender,family,mergeSeconds,micros,recall,round", lines.getFirst());
    assertEquals("tiny,\"hnsw M=16\",HNSW,1.5,200.0,0.9,2", lines.getLast());
  }

  private static String line(String text, String start) {
    return text.lines().filter(line -> line.strip().startsWith(start)).findFirst().orElseThrow();
  }

  @Test
  void htmlHoldsEverythingItNeeds() throws IOException {
    String page = HtmlReport.of(SampleReport.small());
    assertFalse(page.contains("{{"), "a place of the template is not filled");
    assertFalse(
        Pattern.compile("(?i)(src|href)=\"(?!data:|#)|@import|url\\(|fetch\\(")
            .matcher(page)
            .find(),
        "nothing is loaded from elsewhere");
    assertTrue(page.contains("uPlot"), "the chart library is inside");
    Matcher figures = FIGURES.matcher(page);
    assertTrue(figures.find());
    JsonNode json = new ObjectMapper().readTree(figures.group(1));
    assertEquals(
        "ours <int8>", json.at("/report/dataSets/0/scenarios/0/curves/1/contender").asText());
    assertFalse(figures.group(1).contains("<"), "no text of the figures can end the script");
    assertEquals(4 + 4 + 2, json.path("targets").size());
    assertEquals("Lucene HNSW", json.at("/families/HNSW").asText());
  }

  @Test
  void allFormsAreWritten() throws IOException {
    ReportFiles files = ReportFiles.write(SampleReport.small(), temp.resolve("new/folder"));
    for (Path file :
        Stream.of(files.json(), files.csv(), files.decay(), files.text(), files.html()).toList()) {
      assertTrue(Files.size(file) > 100, file.toString());
    }
  }

  @Test
  void theMachineIsDescribed() {
    Clock clock = Clock.fixed(Instant.parse("2026-01-02T03:04:05.678Z"), ZoneOffset.UTC);
    Machine machine = Machine.current("scalar", List.of("Lucene 10"), clock);
    assertEquals("2026-01-02T03:04:05Z", machine.time());
    assertNotNull(machine.cpu());
    assertTrue(machine.memoryBytes() > 1 << 20);
  }

  @Test
  void vectorsDoNotCountAsStructure() {
    BuildResult build =
        new BuildResult("x", 1, 1, 1, 1, Map.of("vec", 100L, "vemf", 10L, "ivp", 7L));
    assertEquals(7, build.structureBytes());
    assertEquals(117, build.bytes());
  }
}
