// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.calibration;

import io.github.luceneivf.calibration.Calibration.Band;
import io.github.luceneivf.calibration.Calibration.Curve;
import io.github.luceneivf.calibration.Calibration.Point;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * The binary form of a calibration, little-endian: <b>[int]</b> queries, <b>[float]</b> usual
 * remoteness, <b>[int]</b> bands; for each band <b>[float]</b> remoteness, <b>[int]</b> curves; for
 * each curve <b>[int]</b> k, then twice (by nprobe, by depth) <b>[int]</b> points and for each
 * <b>[int]</b> setting, <b>[float]</b> recall.
 */
final class CalibrationBytes {

  private static final int POINT_BYTES = Integer.BYTES + Float.BYTES;
  private static final int CURVE_BYTES = 3 * Integer.BYTES;
  private static final int BAND_BYTES = Float.BYTES + Integer.BYTES;
  private static final int HEADER_BYTES = 2 * Integer.BYTES + Float.BYTES;

  private CalibrationBytes() {}

  static byte[] write(Calibration calibration) {
    int bytes = HEADER_BYTES;
    for (Band band : calibration.bands()) {
      bytes += BAND_BYTES;
      for (Curve curve : band.curves()) {
        bytes += CURVE_BYTES + (curve.byProbe().size() + curve.byDepth().size()) * POINT_BYTES;
      }
    }
    ByteBuffer out = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(calibration.queries()).putFloat(calibration.usual());
    out.putInt(calibration.bands().size());
    for (Band band : calibration.bands()) {
      out.putFloat(band.remoteness()).putInt(band.curves().size());
      for (Curve curve : band.curves()) {
        out.putInt(curve.k());
        writePoints(out, curve.byProbe());
        writePoints(out, curve.byDepth());
      }
    }
    return out.array();
  }

  private static void writePoints(ByteBuffer out, List<Point> points) {
    out.putInt(points.size());
    for (Point point : points) {
      out.putInt(point.setting()).putFloat(point.recall());
    }
  }

  static Calibration read(byte[] bytes) throws IOException {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    try {
      Calibration calibration = readAll(in);
      if (in.hasRemaining()) {
        throw new IOException("calibration: expected no more bytes, got: " + in.remaining());
      }
      return calibration;
    } catch (IllegalArgumentException e) {
      throw new IOException("calibration: " + e.getMessage(), e);
    }
  }

  private static Calibration readAll(ByteBuffer in) throws IOException {
    int queries = readInt(in);
    float usual = Float.intBitsToFloat(readInt(in));
    int count = readCount(in, BAND_BYTES, "bands");
    List<Band> bands = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      float remoteness = Float.intBitsToFloat(readInt(in));
      bands.add(new Band(remoteness, readCurves(in)));
    }
    return new Calibration(queries, usual, bands);
  }

  private static List<Curve> readCurves(ByteBuffer in) throws IOException {
    int count = readCount(in, CURVE_BYTES, "curves");
    List<Curve> curves = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      int k = readInt(in);
      List<Point> byProbe = readPoints(in);
      curves.add(new Curve(k, byProbe, readPoints(in)));
    }
    return curves;
  }

  private static List<Point> readPoints(ByteBuffer in) throws IOException {
    int count = readCount(in, POINT_BYTES, "points");
    List<Point> points = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      points.add(new Point(in.getInt(), in.getFloat()));
    }
    return points;
  }

  private static int readCount(ByteBuffer in, int itemBytes, String items) throws IOException {
    int count = readInt(in);
    if (count < 0 || count > in.remaining() / itemBytes) {
      throw new IOException(
          "calibration: " + items + " must fit " + in.remaining() + " bytes, got: " + count);
    }
    return count;
  }

  private static int readInt(ByteBuffer in) throws IOException {
    if (in.remaining() < Integer.BYTES) {
      throw new IOException("calibration: expected 4 more bytes, got: " + in.remaining());
    }
    return in.getInt();
  }
}
