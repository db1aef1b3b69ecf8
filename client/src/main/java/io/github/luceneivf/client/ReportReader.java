// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.client;

import io.github.luceneivf.calibration.Calibration;
import io.github.luceneivf.client.SidecarException.Reason;
import io.github.luceneivf.clustering.ClusteringReport;
import io.github.luceneivf.clustering.ListSizes;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.TrainedCodebook;
import io.github.luceneivf.codebook.TrainingReport;
import io.github.luceneivf.proto.v1.RecallCurve;
import io.github.luceneivf.proto.v1.RecallPoint;
import io.github.luceneivf.wire.Checksums;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Translates a report and a calibration, and checks that they can belong to a codebook: nprobe is
 * chosen from the calibration, so a wrong one would cost recall. Immutable.
 */
final class ReportReader {

  private static final int MAX_CURVES = 16;
  private static final int MAX_POINTS = 100_000;

  private final Codebook codebook;
  private final int requestedLists;
  private final int maxRows;

  /**
   * Creates a reader.
   *
   * @param requestedLists lists that were asked for
   * @param maxRows most vectors that the training can have seen
   */
  ReportReader(Codebook codebook, int requestedLists, int maxRows) {
    this.codebook = codebook;
    this.requestedLists = requestedLists;
    this.maxRows = maxRows;
  }

  /**
   * Checks that nothing changed on its way.
   *
   * @throws SidecarException if the checksum differs
   */
  static void requireChecksum(
      io.github.luceneivf.proto.v1.TrainingReport report,
      io.github.luceneivf.proto.v1.Calibration calibration,
      int crc32c)
      throws SidecarException {
    ChunkCheck.require("report", crc32c, Checksums.crc32c(report, calibration));
  }

  /** Puts the answer together. */
  TrainedCodebook read(
      io.github.luceneivf.proto.v1.TrainingReport report,
      io.github.luceneivf.proto.v1.Calibration calibration,
      String trainedBy)
      throws SidecarException {
    try {
      return new TrainedCodebook(codebook, calibration(calibration), report(report, trainedBy));
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new SidecarException(Reason.INVALID_ANSWER, "report: " + e.getMessage(), e);
    }
  }

  private TrainingReport report(io.github.luceneivf.proto.v1.TrainingReport report, String by)
      throws SidecarException {
    requireRange("samples", report.getSamples(), 0, maxRows);
    requireRange("lists", report.getLists(), codebook.nlist(), codebook.nlist());
    return new TrainingReport(
        codebook.lineage().population(),
        report.getSamples(),
        requestedLists,
        report.getLists(),
        clustering(report.getClustering()),
        duration("calibration_time", report.getCalibrationTime()),
        duration("total_time", report.getTotalTime()),
        by,
        codebook.lineage());
  }

  private ClusteringReport clustering(io.github.luceneivf.proto.v1.ClusteringReport report)
      throws SidecarException {
    requireRange("objective size", report.getObjectiveCount(), 0, MAX_POINTS);
    requireRange("shift size", report.getShiftCount(), 0, MAX_POINTS);
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

  private static ClusteringReport.Stop stop(io.github.luceneivf.proto.v1.StopReason reason)
      throws SidecarException {
    return switch (reason) {
      case STOP_REASON_CONVERGED -> ClusteringReport.Stop.CONVERGED;
      case STOP_REASON_MAX_ITERATIONS -> ClusteringReport.Stop.MAX_ITERATIONS;
      case STOP_REASON_ALL_DISTINCT -> ClusteringReport.Stop.ALL_DISTINCT;
      case STOP_REASON_UNSPECIFIED, UNRECOGNIZED ->
          throw SidecarException.invalid("stop must be known, got: " + reason);
    };
  }

  private static ListSizes sizes(io.github.luceneivf.proto.v1.ListSizes sizes)
      throws SidecarException {
    double imbalance = sizes.getImbalance();
    if (!Double.isFinite(imbalance)) {
      throw SidecarException.invalid("imbalance must be finite, got: " + imbalance);
    }
    return new ListSizes(
        atLeastZero("min", sizes.getMin()),
        atLeastZero("median", sizes.getMedian()),
        atLeastZero("p99", sizes.getP99()),
        atLeastZero("max", sizes.getMax()),
        atLeastZero("empty", sizes.getEmpty()),
        imbalance);
  }

  private Calibration calibration(io.github.luceneivf.proto.v1.Calibration calibration)
      throws SidecarException {
    requireRange("queries", calibration.getQueries(), 0, maxRows);
    requireRange("curves", calibration.getCurvesCount(), 0, MAX_CURVES);
    List<Calibration.Curve> curves = new ArrayList<>();
    int lastK = 0;
    for (RecallCurve curve : calibration.getCurvesList()) {
      requireRange("k", curve.getK(), lastK + 1, Integer.MAX_VALUE);
      lastK = curve.getK();
      curves.add(
          new Calibration.Curve(
              curve.getK(),
              points("by_probe", curve.getByProbeList(), codebook.nlist()),
              points("by_depth", curve.getByDepthList(), Integer.MAX_VALUE)));
    }
    return new Calibration(calibration.getQueries(), curves);
  }

  private static List<Calibration.Point> points(
      String name, List<RecallPoint> points, int maxSetting) throws SidecarException {
    requireRange(name + " size", points.size(), 0, MAX_POINTS);
    List<Calibration.Point> result = new ArrayList<>(points.size());
    int last = 0;
    for (RecallPoint point : points) {
      requireRange(name + " setting", point.getSetting(), last + 1L, maxSetting);
      last = point.getSetting();
      if (!(point.getRecall() >= 0 && point.getRecall() <= 1)) {
        throw SidecarException.invalid(
            name + " recall must be in [0, 1], got: " + point.getRecall());
      }
      result.add(new Calibration.Point(point.getSetting(), point.getRecall()));
    }
    return result;
  }

  private static double[] finite(String name, List<Double> values) throws SidecarException {
    for (double value : values) {
      if (!Double.isFinite(value)) {
        throw SidecarException.invalid(name + " must be finite, got: " + value);
      }
    }
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private static int atLeastZero(String name, int value) throws SidecarException {
    requireRange(name, value, 0, Integer.MAX_VALUE);
    return value;
  }

  private static Duration duration(String name, com.google.protobuf.Duration duration)
      throws SidecarException {
    if (duration.getSeconds() < 0 || duration.getNanos() < 0) {
      throw SidecarException.invalid(name + " must be at least 0, got: " + duration.getSeconds());
    }
    return Duration.ofSeconds(duration.getSeconds(), duration.getNanos());
  }

  private static void requireRange(String name, long value, long min, long max)
      throws SidecarException {
    if (value < min || value > max) {
      throw SidecarException.invalid(
          name + " must be in [" + min + ", " + max + "], got: " + value);
    }
  }
}
