// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import io.github.luceneivf.calibration.Calibration;
import io.github.luceneivf.clustering.ClusteringReport;
import io.github.luceneivf.clustering.ListSizes;
import io.github.luceneivf.codebook.TrainedCodebook;
import io.github.luceneivf.codebook.TrainingReport;
import io.github.luceneivf.codebook.TrainingWarning;
import io.github.luceneivf.proto.v1.ReportBytes;
import io.github.luceneivf.proto.v1.WarningKind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class TrainingMessagesTest {

  private static TrainedCodebook trained;

  @BeforeAll
  static void train() throws IOException {
    trained = TestCodebooks.trained();
  }

  private static void assertSame(TrainingReport wanted, TrainingReport got) {
    ClusteringReport clustering = wanted.clustering();
    assertArrayEquals(clustering.objective(), got.clustering().objective());
    assertArrayEquals(clustering.shift(), got.clustering().shift());
    assertEquals(clustering.stop(), got.clustering().stop());
    assertEquals(clustering.sizes(), got.clustering().sizes());
    assertEquals(clustering.emptyLists(), got.clustering().emptyLists());
    assertEquals(clustering.repairedLists(), got.clustering().repairedLists());
    assertEquals(clustering.splitLists(), got.clustering().splitLists());
    assertEquals(clustering.duplicateLists(), got.clustering().duplicateLists());
    assertEquals(clustering.initialization(), got.clustering().initialization());
    assertEquals(clustering.iteration(), got.clustering().iteration());
    assertEquals(clustering.balancing(), got.clustering().balancing());
    assertEquals(wanted.population(), got.population());
    assertEquals(wanted.samples(), got.samples());
    assertEquals(wanted.requestedLists(), got.requestedLists());
    assertEquals(wanted.lists(), got.lists());
    assertEquals(wanted.calibration(), got.calibration());
    assertEquals(wanted.total(), got.total());
    assertEquals(wanted.lineage(), got.lineage());
  }

  /** Counts that a small training leaves at zero are told apart too. */
  private static TrainedCodebook withEveryFigure() {
    TrainingReport report = trained.report();
    ClusteringReport clustering =
        new ClusteringReport(
            ClusteringReport.Stop.MAX_ITERATIONS,
            new double[] {4, 3, 2.5},
            new double[] {1, 0.5},
            11,
            12,
            13,
            14,
            new ListSizes(1, 2, 3, 4, 5, 1.5),
            Duration.ofSeconds(1, 1),
            Duration.ofSeconds(2, 2),
            Duration.ofSeconds(3, 3));
    return new TrainedCodebook(
        trained.codebook(),
        trained.calibration(),
        new TrainingReport(
            report.population(),
            321,
            9,
            report.lists(),
            123,
            clustering,
            Duration.ofMillis(5),
            Duration.ofMinutes(6),
            "somewhere",
            report.lineage()));
  }

  @Test
  void everyFigureComesBack() {
    for (TrainedCodebook sent : new TrainedCodebook[] {trained, withEveryFigure()}) {
      ReportBytes bytes = TrainingMessages.write(sent, "here");
      TrainedCodebook read = TrainingMessages.readPublished(bytes, sent.codebook());
      assertSame(sent.report(), read.report());
      assertEquals(sent.calibration(), read.calibration());
      assertEquals("here", read.report().trainedBy());
      TrainedCodebook own =
          TrainingMessages.read(
              TrainingMessages.write(sent, ""),
              sent.codebook(),
              new TrainingMessages.Expected(
                  sent.report().requestedLists(), TestCodebooks.ROWS, "there"));
      assertSame(sent.report(), own.report());
      assertEquals("there", own.report().trainedBy());
    }
  }

  @Test
  void whereItRanIsCutTo200Characters() {
    ReportBytes bytes = TrainingMessages.write(trained, "x".repeat(300));
    assertEquals(
        "x".repeat(200),
        TrainingMessages.readPublished(bytes, trained.codebook()).report().trainedBy());
    TrainingMessages.requireIntact(bytes);
  }

  /** Fields from the last to the first, defaults written out, and fields nobody knows. */
  private static ByteString unusual(ByteString usual) throws IOException {
    var report = io.github.luceneivf.proto.v1.TrainingReport.parseFrom(usual);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    out.writeString(1000, "a field of a later version");
    out.writeString(8, "");
    out.writeMessage(7, report.getTotalTime());
    out.writeMessage(6, report.getCalibrationTime());
    out.writeMessage(5, report.getClustering());
    out.writeInt32(4, report.getLists());
    out.writeInt32(3, report.getRequestedLists());
    out.writeInt32(2, 0);
    out.writeInt32(2, report.getSamples()); // the last one counts
    out.writeInt64(1, report.getPopulation());
    out.flush();
    return ByteString.copyFrom(bytes.toByteArray());
  }

  @Test
  void bytesOfAnotherWriterAreTakenAsTheyAre() throws IOException {
    ReportBytes usual = TrainingMessages.write(trained, "");
    ByteString other = unusual(usual.getReport());
    assertNotEquals(
        other, io.github.luceneivf.proto.v1.TrainingReport.parseFrom(other).toByteString());
    ReportBytes bytes = TrainingMessages.seal(other, usual.getCalibration());
    TrainingMessages.requireIntact(bytes);
    assertSame(
        trained.report(), TrainingMessages.readPublished(bytes, trained.codebook()).report());
  }

  private static void assertRefused(String text, ReportBytes bytes) {
    assertEquals(
        text,
        assertThrows(WireException.class, () -> TrainingMessages.requireIntact(bytes))
            .getMessage());
    assertThrows(
        WireException.class, () -> TrainingMessages.readPublished(bytes, trained.codebook()));
  }

  @Test
  void damageIsFound() {
    ReportBytes bytes = TrainingMessages.write(trained, "");
    String right = Checksums.hex(bytes.getCrc32C());
    assertRefused(
        "crc32c of report must be " + right + ", got: 00000001",
        bytes.toBuilder().setCrc32C(1).build());
    ByteString all = bytes.getReport().concat(bytes.getCalibration());
    for (int at = 0; at < all.size(); at++) {
      byte[] flipped = all.toByteArray();
      flipped[at] ^= 0x10;
      ByteString changed = ByteString.copyFrom(flipped);
      ReportBytes damaged =
          bytes.toBuilder()
              .setReport(changed.substring(0, bytes.getReport().size()))
              .setCalibration(changed.substring(bytes.getReport().size()))
              .build();
      assertThrows(WireException.class, () -> TrainingMessages.requireIntact(damaged));
    }
  }

  @Test
  void bytesThatAreNoMessagesAreRefused() {
    ReportBytes bytes = TrainingMessages.seal(ByteString.copyFromUtf8("x"), ByteString.EMPTY);
    WireException refused =
        assertThrows(WireException.class, () -> TrainingMessages.requireIntact(bytes));
    assertEquals(
        "report must be messages of this contract",
        String.valueOf(refused.getMessage()).split(":", 2)[0]);
  }

  @Test
  void placeOfTrainingIsBounded() {
    ByteString report =
        io.github.luceneivf.proto.v1.TrainingReport.newBuilder()
            .setTrainedBy("x".repeat(201))
            .build()
            .toByteString();
    assertRefused(
        "trained_by characters must be in [0, 200], got: 201",
        TrainingMessages.seal(report, ByteString.EMPTY));
  }

  @Test
  void reportOfAnotherCodebookIsRefused() {
    ByteString report =
        io.github.luceneivf.proto.v1.TrainingReport.newBuilder()
            .setRequestedLists(TestCodebooks.NLIST)
            .setLists(TestCodebooks.NLIST - 1)
            .build()
            .toByteString();
    ReportBytes bytes =
        TrainingMessages.seal(report, TrainingMessages.write(trained, "").getCalibration());
    WireException refused =
        assertThrows(
            WireException.class, () -> TrainingMessages.readPublished(bytes, trained.codebook()));
    assertEquals("lists must be in [6, 6], got: 5", refused.getMessage());
    WireException none =
        assertThrows(
            WireException.class,
            () ->
                TrainingMessages.readPublished(
                    ReportBytes.getDefaultInstance(), trained.codebook()));
    assertEquals("requested_lists must be in [6, 16777216], got: 0", none.getMessage());
  }

  /** What is refused of a calibration, though its bytes are intact. */
  private static void assertRefused(
      String text, Consumer<io.github.luceneivf.proto.v1.Calibration.Builder> change)
      throws IOException {
    ReportBytes bytes = TrainingMessages.write(trained, "");
    var calibration =
        io.github.luceneivf.proto.v1.Calibration.parseFrom(bytes.getCalibration()).toBuilder();
    change.accept(calibration);
    ReportBytes changed =
        TrainingMessages.seal(bytes.getReport(), calibration.build().toByteString());
    TrainingMessages.requireIntact(changed);
    assertEquals(
        text,
        assertThrows(
                WireException.class,
                () -> TrainingMessages.readPublished(changed, trained.codebook()))
            .getMessage());
  }

  @Test
  void bandsAreBoundedFiniteAndAscend() throws IOException {
    assertRefused("bands must be in [1, 16], got: 0", c -> c.clearBands());
    assertRefused(
        "bands must be in [1, 16], got: 17",
        c -> {
          var band = c.getBands(0);
          c.clearBands();
          for (int i = 0; i < 17; i++) {
            c.addBands(band.toBuilder().setRemoteness(i));
          }
        });
    assertRefused("usual must be finite, got: NaN", c -> c.setUsual(Float.NaN));
    assertRefused(
        "remoteness must be finite, got: Infinity",
        c -> c.getBandsBuilder(0).setRemoteness(Float.POSITIVE_INFINITY));
    assertRefused(
        "remoteness must be greater than 2.0, got: 2.0",
        c -> {
          var band = c.getBands(0).toBuilder().setRemoteness(2);
          c.clearBands().addBands(band).addBands(band);
        });
    assertRefused("queries must be in [0, 100000], got: 100001", c -> c.setQueries(100_001));
    assertRefused("queries must be in [0, 100000], got: -1", c -> c.setQueries(-1));
  }

  @Test
  void curvesOfABandAreBoundedAndAscend() throws IOException {
    assertRefused("curves must be in [1, 16], got: 0", c -> c.getBandsBuilder(0).clearCurves());
    assertRefused(
        "curves must be in [1, 16], got: 17",
        c -> {
          var curve = c.getBands(0).getCurves(0);
          c.getBandsBuilder(0).clearCurves();
          for (int i = 0; i < 17; i++) {
            c.getBandsBuilder(0).addCurves(curve.toBuilder().setK(1 + i));
          }
        });
    assertRefused(
        "k must be in [2, 2147483647], got: 1",
        c -> c.getBandsBuilder(0).addCurves(1, c.getBands(0).getCurves(0)));
    assertRefused(
        "by_probe size must be in [1, 100000], got: 0",
        c -> c.getBandsBuilder(0).getCurvesBuilder(0).clearByProbe());
  }

  @Test
  void mostBandsAndCurvesThereMayBeAreRead() throws IOException {
    ReportBytes bytes = TrainingMessages.write(trained, "");
    var calibration = io.github.luceneivf.proto.v1.Calibration.newBuilder().setQueries(100_000);
    var curve =
        io.github.luceneivf.proto.v1.Calibration.parseFrom(bytes.getCalibration())
            .getBands(0)
            .getCurves(0);
    for (int i = 0; i < 16; i++) {
      var band = calibration.addBandsBuilder().setRemoteness(i - 3);
      for (int k = 1; k <= 16; k++) {
        band.addCurves(curve.toBuilder().setK(k));
      }
    }
    Calibration read =
        TrainingMessages.readPublished(
                TrainingMessages.seal(bytes.getReport(), calibration.build().toByteString()),
                trained.codebook())
            .calibration();
    assertEquals(16, read.bands().size());
    assertEquals(-3, read.bands().getFirst().remoteness());
    assertEquals(16, read.bands().getLast().curves().size());
    assertEquals(100_000, read.queries());
  }

  @Test
  void warningsAreToldInWords() throws IOException {
    TrainedCodebook distrusted = withEveryFigure();
    List<TrainingWarning> wanted = distrusted.report().warnings();
    assertNotEquals(List.of(), wanted);
    var read =
        io.github.luceneivf.proto.v1.TrainingReport.parseFrom(
            TrainingMessages.write(distrusted, "").getReport());
    assertEquals(
        wanted.stream().map(TrainingWarning::text).toList(),
        read.getWarningsList().stream().map(warning -> warning.getText()).toList());
    assertEquals(
        wanted.stream().map(warning -> "WARNING_KIND_" + warning.kind()).toList(),
        read.getWarningsList().stream().map(warning -> warning.getKind().name()).toList());
  }

  @Test
  void everyKindOfWarningHasItsNumber() {
    List<String> known = Arrays.stream(WarningKind.values()).map(WarningKind::name).toList();
    for (TrainingWarning.Kind kind : TrainingWarning.Kind.values()) {
      assertTrue(known.contains("WARNING_KIND_" + kind), kind::name);
    }
  }
}
