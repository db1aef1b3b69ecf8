// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.github.luceneivf.calibration.Calibration;
import io.github.luceneivf.clustering.ClusteringReport;
import io.github.luceneivf.clustering.ListSizes;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.TrainedCodebook;
import io.github.luceneivf.codebook.TrainingReport;
import io.github.luceneivf.codebook.TrainingWarning;
import io.github.luceneivf.proto.v1.RecallBand;
import io.github.luceneivf.proto.v1.RecallCurve;
import io.github.luceneivf.proto.v1.RecallPoint;
import io.github.luceneivf.proto.v1.ReportBytes;
import io.github.luceneivf.proto.v1.StopReason;
import io.github.luceneivf.proto.v1.WarningKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reports and calibrations as messages, and back. They travel as the bytes that their writer made,
 * under a checksum of exactly these, and whoever stands between passes on the bytes: no two writers
 * of protobuf need give the same bytes for one message. A reader checks that both can belong to the
 * codebook: nprobe is chosen from the calibration, so a wrong one would cost recall. Stateless.
 */
public final class TrainingMessages {

  /** Most characters of where a training ran. */
  private static final int MAX_TRAINED_BY = 200;

  private static final int MAX_QUERIES = 100_000;
  private static final int MAX_BANDS = 16;

  private static final int MAX_CURVES = 16;
  private static final int MAX_POINTS = 100_000;
  private static final int MAX_REQUESTED_LISTS = 1 << 24;

  private TrainingMessages() {}

  /**
   * Returns what a training leaves beside the codebook.
   *
   * @param trainedBy where it ran, cut to 200 characters; empty where the reader knows
   */
  public static ReportBytes write(TrainedCodebook trained, String trainedBy) {
    return seal(
        report(trained.report(), trainedBy).toByteString(),
        calibration(trained.calibration()).toByteString());
  }

  /**
   * Returns serialized messages with their checksum.
   *
   * @param report a serialized training report
   * @param calibration a serialized calibration
   */
  public static ReportBytes seal(ByteString report, ByteString calibration) {
    return ReportBytes.newBuilder()
        .setReport(report)
        .setCalibration(calibration)
        .setCrc32C(Checksums.crc32c(report.concat(calibration)))
        .build();
  }

  private static io.github.luceneivf.proto.v1.TrainingReport report(
      TrainingReport report, String by) {
    return io.github.luceneivf.proto.v1.TrainingReport.newBuilder()
        .setPopulation(report.population())
        .setSamples(report.samples())
        .setRequestedLists(report.requestedLists())
        .setLists(report.lists())
        .setSpilled(report.spilled())
        .setClustering(clustering(report.clustering()))
        .setCalibrationTime(duration(report.calibration()))
        .setTotalTime(duration(report.total()))
        .setTrainedBy(by.length() <= MAX_TRAINED_BY ? by : by.substring(0, MAX_TRAINED_BY))
        .addAllWarnings(report.warnings().stream().map(TrainingMessages::warning).toList())
        .build();
  }

  private static io.github.luceneivf.proto.v1.TrainingWarning warning(TrainingWarning warning) {
    return io.github.luceneivf.proto.v1.TrainingWarning.newBuilder()
        .setKind(WarningKind.valueOf("WARNING_KIND_" + warning.kind().name()))
        .setText(warning.text())
        .build();
  }

  private static io.github.luceneivf.proto.v1.ClusteringReport clustering(ClusteringReport report) {
    return io.github.luceneivf.proto.v1.ClusteringReport.newBuilder()
        .setStop(StopReason.valueOf("STOP_REASON_" + report.stop().name()))
        .addAllObjective(Arrays.stream(report.objective()).boxed().toList())
        .addAllShift(Arrays.stream(report.shift()).boxed().toList())
        .setEmptyLists(report.emptyLists())
        .setRepairedLists(report.repairedLists())
        .setSplitLists(report.splitLists())
        .setDuplicateLists(report.duplicateLists())
        .setSizes(sizes(report.sizes()))
        .setInitializationTime(duration(report.initialization()))
        .setIterationTime(duration(report.iteration()))
        .setBalancingTime(duration(report.balancing()))
        .build();
  }

  /** Returns list sizes as a message. */
  public static io.github.luceneivf.proto.v1.ListSizes sizes(ListSizes sizes) {
    return io.github.luceneivf.proto.v1.ListSizes.newBuilder()
        .setMin(sizes.min())
        .setMedian(sizes.median())
        .setP99(sizes.p99())
        .setMax(sizes.max())
        .setEmpty(sizes.empty())
        .setImbalance(sizes.imbalance())
        .build();
  }

  private static io.github.luceneivf.proto.v1.Calibration calibration(Calibration calibration) {
    var builder =
        io.github.luceneivf.proto.v1.Calibration.newBuilder()
            .setQueries(calibration.queries())
            .setUsual(calibration.usual());
    for (Calibration.Band band : calibration.bands()) {
      builder.addBands(band(band));
    }
    return builder.build();
  }

  private static RecallBand band(Calibration.Band band) {
    RecallBand.Builder builder = RecallBand.newBuilder().setRemoteness(band.remoteness());
    for (Calibration.Curve curve : band.curves()) {
      builder.addCurves(
          RecallCurve.newBuilder()
              .setK(curve.k())
              .addAllByProbe(points(curve.byProbe()))
              .addAllByDepth(points(curve.byDepth())));
    }
    return builder.build();
  }

  private static List<RecallPoint> points(List<Calibration.Point> points) {
    return points.stream()
        .map(point ->
            RecallPoint.newBuilder().setSetting(point.setting()).setRecall(point.recall()).build())
        .toList();
  }

  private static com.google.protobuf.Duration duration(Duration duration) {
    return com.google.protobuf.Duration.newBuilder()
        .setSeconds(duration.getSeconds())
        .setNanos(duration.getNano())
        .build();
  }

  /** The two messages, as they were parsed. */
  private record Parsed(
      io.github.luceneivf.proto.v1.TrainingReport report,
      io.github.luceneivf.proto.v1.Calibration calibration) {}

  private static Parsed parse(ReportBytes bytes) {
    ChunkCheck.requireChecksum(
        "report",
        bytes.getCrc32C(),
        Checksums.crc32c(bytes.getReport().concat(bytes.getCalibration())));
    try {
      return new Parsed(
          io.github.luceneivf.proto.v1.TrainingReport.parseFrom(bytes.getReport()),
          io.github.luceneivf.proto.v1.Calibration.parseFrom(bytes.getCalibration()));
    } catch (InvalidProtocolBufferException e) {
      throw new WireException("report must be messages of this contract: " + e.getMessage(), e);
    }
  }

  /**
   * Checks what is to be kept and handed out again, as far as that can be done without the
   * codebook.
   *
   * @throws WireException if the checksum is another, or the bytes are not those of the two
   *     messages
   */
  public static void requireIntact(ReportBytes bytes) {
    int characters = parse(bytes).report.getTrainedBy().length();
    WireException.requireRange("trained_by characters", characters, 0, MAX_TRAINED_BY);
  }

  /**
   * What the reader of a report knows beforehand.
   *
   * @param requestedLists lists that were asked for
   * @param maxRows most vectors that the training can have seen
   * @param trainedBy where it ran
   */
  public record Expected(int requestedLists, int maxRows, String trainedBy) {}

  /**
   * Reads the report of a training that the reader asked for.
   *
   * @throws WireException if it cannot belong to the codebook
   */
  public static TrainedCodebook read(ReportBytes bytes, Codebook codebook, Expected expected) {
    return read(parse(bytes), codebook, expected);
  }

  /**
   * Reads the report of a training that somebody else asked for.
   *
   * @throws WireException if it cannot belong to the codebook
   */
  public static TrainedCodebook readPublished(ReportBytes bytes, Codebook codebook) {
    Parsed parsed = parse(bytes);
    int requested = parsed.report.getRequestedLists();
    WireException.requireRange("requested_lists", requested, codebook.nlist(), MAX_REQUESTED_LISTS);
    Expected expected = new Expected(requested, Integer.MAX_VALUE, parsed.report.getTrainedBy());
    return read(parsed, codebook, expected);
  }

  private static TrainedCodebook read(Parsed parsed, Codebook codebook, Expected expected) {
    try {
      return new TrainedCodebook(
          codebook,
          calibration(parsed.calibration, codebook.nlist()),
          report(parsed.report, codebook, expected));
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new WireException("report: " + e.getMessage(), e);
    }
  }

  private static TrainingReport report(
      io.github.luceneivf.proto.v1.TrainingReport report, Codebook codebook, Expected expected) {
    WireException.requireRange("samples", report.getSamples(), 0, expected.maxRows);
    WireException.requireRange("lists", report.getLists(), codebook.nlist(), codebook.nlist());
    WireException.requireRange("spilled", report.getSpilled(), 0, report.getSamples());
    return new TrainingReport(
        codebook.lineage().population(),
        report.getSamples(),
        expected.requestedLists,
        report.getLists(),
        report.getSpilled(),
        clustering(report.getClustering()),
        duration("calibration_time", report.getCalibrationTime()),
        duration("total_time", report.getTotalTime()),
        expected.trainedBy,
        codebook.lineage());
  }

  private static ClusteringReport clustering(io.github.luceneivf.proto.v1.ClusteringReport report) {
    WireException.requireRange("objective size", report.getObjectiveCount(), 0, MAX_POINTS);
    WireException.requireRange("shift size", report.getShiftCount(), 0, MAX_POINTS);
    return new ClusteringReport(
        stop(report.getStop()),
        finite("objective", report.getObjectiveList()),
        finite("shift", report.getShiftList()),
        atLeastZero("empty_lists", report.getEmptyLists()),
        atLeastZero("repaired_lists", report.getRepairedLists()),
        atLeastZero("split_lists", report.getSplitLists()),
        atLeastZero("duplicate_lists", report.getDuplicateLists()),
        sizes(report.getSizes()),
        duration("initialization_time", report.getInitializationTime()),
        duration("iteration_time", report.getIterationTime()),
        duration("balancing_time", report.getBalancingTime()));
  }

  private static ClusteringReport.Stop stop(StopReason reason) {
    return switch (reason) {
      case STOP_REASON_CONVERGED -> ClusteringReport.Stop.CONVERGED;
      case STOP_REASON_MAX_ITERATIONS -> ClusteringReport.Stop.MAX_ITERATIONS;
      case STOP_REASON_ALL_DISTINCT -> ClusteringReport.Stop.ALL_DISTINCT;
      case STOP_REASON_UNSPECIFIED, UNRECOGNIZED ->
          throw new WireException("stop must be known, got: " + reason);
    };
  }

  /**
   * Reads list sizes.
   *
   * @throws WireException if one is below zero, or the imbalance is not finite
   */
  public static ListSizes sizes(io.github.luceneivf.proto.v1.ListSizes sizes) {
    double imbalance = sizes.getImbalance();
    if (!Double.isFinite(imbalance)) {
      throw new WireException("imbalance must be finite, got: " + imbalance);
    }
    return new ListSizes(
        atLeastZero("min", sizes.getMin()),
        atLeastZero("median", sizes.getMedian()),
        atLeastZero("p99", sizes.getP99()),
        atLeastZero("max", sizes.getMax()),
        atLeastZero("empty", sizes.getEmpty()),
        imbalance);
  }

  private static Calibration calibration(
      io.github.luceneivf.proto.v1.Calibration calibration, int nlist) {
    WireException.requireRange("queries", calibration.getQueries(), 0, MAX_QUERIES);
    requireFinite("usual", calibration.getUsual());
    WireException.requireRange("bands", calibration.getBandsCount(), 1, MAX_BANDS);
    List<Calibration.Band> bands = new ArrayList<>();
    float last = Float.NEGATIVE_INFINITY;
    for (RecallBand band : calibration.getBandsList()) {
      float remoteness = requireFinite("remoteness", band.getRemoteness());
      if (!(remoteness > last)) {
        throw new WireException("remoteness must be greater than " + last + ", got: " + remoteness);
      }
      last = remoteness;
      bands.add(new Calibration.Band(remoteness, curves(band, nlist)));
    }
    return new Calibration(calibration.getQueries(), calibration.getUsual(), bands);
  }

  private static float requireFinite(String name, float value) {
    if (!Float.isFinite(value)) {
      throw new WireException(name + " must be finite, got: " + value);
    }
    return value;
  }

  private static List<Calibration.Curve> curves(RecallBand band, int nlist) {
    WireException.requireRange("curves", band.getCurvesCount(), 1, MAX_CURVES);
    List<Calibration.Curve> curves = new ArrayList<>();
    int lastK = 0;
    for (RecallCurve curve : band.getCurvesList()) {
      WireException.requireRange("k", curve.getK(), lastK + 1L, Integer.MAX_VALUE);
      lastK = curve.getK();
      WireException.requireRange("by_probe size", curve.getByProbeCount(), 1, MAX_POINTS);
      curves.add(
          new Calibration.Curve(
              curve.getK(),
              points("by_probe", curve.getByProbeList(), nlist),
              points("by_depth", curve.getByDepthList(), Integer.MAX_VALUE)));
    }
    return curves;
  }

  private static List<Calibration.Point> points(
      String name, List<RecallPoint> points, int maxSetting) {
    WireException.requireRange(name + " size", points.size(), 0, MAX_POINTS);
    List<Calibration.Point> result = new ArrayList<>(points.size());
    int last = 0;
    for (RecallPoint point : points) {
      WireException.requireRange(name + " setting", point.getSetting(), last + 1L, maxSetting);
      last = point.getSetting();
      if (!(point.getRecall() >= 0 && point.getRecall() <= 1)) {
        throw new WireException(name + " recall must be in [0, 1], got: " + point.getRecall());
      }
      result.add(new Calibration.Point(point.getSetting(), point.getRecall()));
    }
    return result;
  }

  private static double[] finite(String name, List<Double> values) {
    for (double value : values) {
      if (!Double.isFinite(value)) {
        throw new WireException(name + " must be finite, got: " + value);
      }
    }
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private static int atLeastZero(String name, int value) {
    WireException.requireRange(name, value, 0, Integer.MAX_VALUE);
    return value;
  }

  private static Duration duration(String name, com.google.protobuf.Duration duration) {
    if (duration.getSeconds() < 0 || duration.getNanos() < 0) {
      throw new WireException(name + " must be at least 0, got: " + duration.getSeconds());
    }
    return Duration.ofSeconds(duration.getSeconds(), duration.getNanos());
  }
}
