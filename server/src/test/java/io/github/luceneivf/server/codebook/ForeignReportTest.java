// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.codebook;

import static io.github.luceneivf.server.codebook.CodebookCalls.fetch;
import static io.github.luceneivf.server.codebook.CodebookCalls.header;
import static io.github.luceneivf.server.codebook.CodebookCalls.publish;
import static io.github.luceneivf.server.codebook.CodebookCalls.request;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.TrainedCodebook;
import io.github.luceneivf.proto.v1.Calibration;
import io.github.luceneivf.proto.v1.ReportBytes;
import io.github.luceneivf.proto.v1.TrainingReport;
import io.github.luceneivf.server.TestServer;
import io.github.luceneivf.wire.TrainingMessages;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Reports as other protobuf libraries may write them: fields in another order, defaults written
 * out, numbers one by one where ours packs them, fields of a later version.
 */
class ForeignReportTest {

  @TempDir Path data;

  private interface Fields {
    void write(CodedOutputStream out) throws IOException;
  }

  private static byte[] bytes(Fields fields) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    fields.write(out);
    out.flush();
    return bytes.toByteArray();
  }

  private static byte[] report() throws IOException {
    byte[] clustering =
        bytes(out -> {
          out.writeInt32(7, 0); // a default
          out.writeDouble(2, 3.5); // not packed
          out.writeDouble(2, 2.5);
          out.writeEnum(1, 1);
        });
    return bytes(out -> {
      out.writeString(1000, "of a later version");
      out.writeString(8, "another library");
      out.writeByteArray(5, clustering);
      out.writeInt32(4, 4);
      out.writeInt32(3, 6);
      out.writeInt32(2, 17); // overwritten by the next
      out.writeInt32(2, 900);
      out.writeInt64(1, 1000);
    });
  }

  private static byte[] calibration() throws IOException {
    byte[] point =
        bytes(out -> {
          out.writeFloat(2, 0.75f);
          out.writeInt32(1, 2);
        });
    byte[] curve =
        bytes(out -> {
          out.writeByteArray(2, point);
          out.writeInt32(1, 10);
          out.writeFixed64(77, 5);
        });
    byte[] band =
        bytes(out -> {
          out.writeByteArray(2, curve);
          out.writeFloat(1, -0.5f);
        });
    return bytes(out -> {
      out.writeByteArray(3, band);
      out.writeFloat(2, 1.25f);
      out.writeInt32(1, 50);
    });
  }

  @Test
  void bytesComeBackFromDiskAsTheyWerePublished() throws Exception {
    Codebook codebook = CodebookCalls.codebook(1, Optional.empty());
    ByteString report = ByteString.copyFrom(report());
    ByteString calibration = ByteString.copyFrom(calibration());
    assertNotEquals(report, TrainingReport.parseFrom(report).toByteString());
    assertNotEquals(calibration, Calibration.parseFrom(calibration).toByteString());
    ReportBytes published = TrainingMessages.seal(report, calibration);
    try (TestServer server = TestServer.on(data)) {
      assertTrue(publish(server, header(codebook).setReport(published), codebook).getCreated());
      assertEquals(published, fetch(server, request()).header().getReport());
    }
    try (TestServer server = TestServer.on(data)) {
      ReportBytes fetched = fetch(server, request()).header().getReport();
      assertEquals(report, fetched.getReport());
      assertEquals(calibration, fetched.getCalibration());
      TrainedCodebook read = TrainingMessages.readPublished(fetched, codebook);
      assertEquals(900, read.report().samples());
      assertEquals(6, read.report().requestedLists());
      assertEquals("another library", read.report().trainedBy());
      assertEquals(2.5, read.report().energy());
      assertEquals(50, read.calibration().queries());
      assertEquals(1.25f, read.calibration().usual());
      assertEquals(-0.5f, read.calibration().bands().getFirst().remoteness());
      assertEquals(
          List.of(new io.github.luceneivf.calibration.Calibration.Point(2, 0.75f)),
          read.calibration().bands().getFirst().curves().getFirst().byProbe());
    }
  }
}
