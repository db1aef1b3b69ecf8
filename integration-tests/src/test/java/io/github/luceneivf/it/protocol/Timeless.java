// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it.protocol;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Duration;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import io.github.luceneivf.proto.v1.ReportBytes;
import io.github.luceneivf.proto.v1.TrainingReport;
import io.github.luceneivf.proto.v1.UploadSampleResponse;
import io.github.luceneivf.wire.TrainingMessages;
import java.util.List;
import java.util.Map;

/**
 * Answers of a server without what depends on clock and machine: times, threads, and whether a
 * training has begun when its upload ends. Stateless.
 */
public final class Timeless {

  private Timeless() {}

  /** Returns an answer without times. */
  public static Message of(Message message) {
    if (message instanceof ReportBytes bytes) {
      return report(bytes);
    }
    if (message instanceof UploadSampleResponse response && response.getJob().hasProgress()) {
      return of(response.toBuilder().setJob(response.getJob().toBuilder().clearProgress()).build());
    }
    Message.Builder copy = message.toBuilder();
    for (Map.Entry<FieldDescriptor, Object> entry : message.getAllFields().entrySet()) {
      FieldDescriptor field = entry.getKey();
      boolean timed =
          entry.getValue() instanceof Timestamp
              || entry.getValue() instanceof Duration
              || field.getFullName().equals("luceneivf.v1.TrainingSpec.threads");
      if (timed) {
        copy.clearField(field);
      } else if (entry.getValue() instanceof Message child) {
        copy.setField(field, of(child));
      }
    }
    return copy.build();
  }

  /** Returns answers without times. */
  public static List<Message> of(List<Message> messages) {
    return messages.stream().map(Timeless::of).toList();
  }

  /** What is inside must be readable, and under the right checksum; it gets a new one. */
  private static Message report(ReportBytes bytes) {
    TrainingMessages.requireIntact(bytes);
    try {
      Message report = of(TrainingReport.parseFrom(bytes.getReport()));
      return TrainingMessages.seal(report.toByteString(), bytes.getCalibration());
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }
}
