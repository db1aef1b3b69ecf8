// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.training;

import io.github.luceneivf.calibration.Calibration;
import io.github.luceneivf.clustering.ClusteringReport;
import io.github.luceneivf.codebook.TrainedCodebook;
import io.github.luceneivf.codebook.TrainingReport;
import io.github.luceneivf.proto.v1.GetTrainingReportResponse;
import io.github.luceneivf.proto.v1.RecallCurve;
import io.github.luceneivf.proto.v1.RecallPoint;
import io.github.luceneivf.proto.v1.StopReason;
import io.github.luceneivf.wire.Checksums;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Training reports as messages. Stateless. */
final class ReportMessages {

  private ReportMessages() {}

  /** Returns the report and the calibration of a training. */
  static GetTrainingReportResponse response(TrainedCodebook trained) {
    var report = report(trained.report());
    var calibration = calibration(trained.calibration());
    return GetTrainingReportResponse.newBuilder()
        .setReport(report)
        .setCalibration(calibration)
        .setCrc32C(Checksums.crc32c(report, calibration))
        .build();
  }

  private static io.github.luceneivf.proto.v1.TrainingReport report(TrainingReport report) {
    return io.github.luceneivf.proto.v1.TrainingReport.newBuilder()
        .setPopulation(report.population())
        .setSamples(report.samples())
        .setRequestedLists(report.requestedLists())
        .setLists(report.lists())
        .setClustering(clustering(report.clustering()))
        .setCalibrationTime(duration(report.calibration()))
        .setTotalTime(duration(report.total()))
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
        .setSizes(JobMessages.sizes(report.sizes()))
        .setInitializationTime(duration(report.initialization()))
        .setIterationTime(duration(report.iteration()))
        .setBalancingTime(duration(report.balancing()))
        .build();
  }

  private static io.github.luceneivf.proto.v1.Calibration calibration(Calibration calibration) {
    return io.github.luceneivf.proto.v1.Calibration.newBuilder()
        .setQueries(calibration.queries())
        .addAllCurves(
            calibration.curves().stream()
                .map(curve ->
                    RecallCurve.newBuilder()
                        .setK(curve.k())
                        .addAllByProbe(points(curve.byProbe()))
                        .addAllByDepth(points(curve.byDepth()))
                        .build())
                .collect(Collectors.toList()))
        .build();
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
}
