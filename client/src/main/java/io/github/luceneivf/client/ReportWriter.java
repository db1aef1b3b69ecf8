// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.client;

import io.github.luceneivf.calibration.Calibration;
import io.github.luceneivf.clustering.ClusteringReport;
import io.github.luceneivf.clustering.ListSizes;
import io.github.luceneivf.codebook.TrainingReport;
import io.github.luceneivf.proto.v1.RecallCurve;
import io.github.luceneivf.proto.v1.RecallPoint;
import io.github.luceneivf.proto.v1.StopReason;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** Translates a report and a calibration for a codebook that is published. Stateless. */
final class ReportWriter {

  /** Most characters of where it ran. */
  private static final int MAX_TRAINED_BY = 200;

  private ReportWriter() {}

  static io.github.luceneivf.proto.v1.TrainingReport report(TrainingReport report) {
    String by = report.trainedBy();
    return io.github.luceneivf.proto.v1.TrainingReport.newBuilder()
        .setPopulation(report.population())
        .setSamples(report.samples())
        .setRequestedLists(report.requestedLists())
        .setLists(report.lists())
        .setClustering(clustering(report.clustering()))
        .setCalibrationTime(duration(report.calibration()))
        .setTotalTime(duration(report.total()))
        .setTrainedBy(by.length() <= MAX_TRAINED_BY ? by : by.substring(0, MAX_TRAINED_BY))
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

  private static io.github.luceneivf.proto.v1.ListSizes sizes(ListSizes sizes) {
    return io.github.luceneivf.proto.v1.ListSizes.newBuilder()
        .setMin(sizes.min())
        .setMedian(sizes.median())
        .setP99(sizes.p99())
        .setMax(sizes.max())
        .setEmpty(sizes.empty())
        .setImbalance(sizes.imbalance())
        .build();
  }

  static io.github.luceneivf.proto.v1.Calibration calibration(Calibration calibration) {
    var builder =
        io.github.luceneivf.proto.v1.Calibration.newBuilder().setQueries(calibration.queries());
    for (Calibration.Curve curve : calibration.curves()) {
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
}
