// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it.protocol;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.WireFormat;
import io.github.luceneivf.proto.v1.Calibration;
import io.github.luceneivf.proto.v1.TrainingReport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** A serialized message as lines of bytes, each with what it means. Not thread-safe. */
final class MessageLines {

  private static final int BYTES_OF_A_LINE = 16;
  private static final HexFormat HEX = HexFormat.ofDelimiter(" ");

  /** Messages inside of bytes. */
  private static final Map<String, Descriptor> INSIDE =
      Map.of(
          "luceneivf.v1.ReportBytes.report", TrainingReport.getDescriptor(),
          "luceneivf.v1.ReportBytes.calibration", Calibration.getDescriptor());

  private final byte[] bytes;
  private final ByteBuffer values;
  private final int dim;
  private final List<String> lines = new ArrayList<>();

  private MessageLines(byte[] bytes, int dim) {
    this.bytes = bytes;
    this.values = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    this.dim = dim;
  }

  /**
   * Returns the lines of a message.
   *
   * @param dim dimension of the vectors in it, of which codes are of one bit
   */
  static List<String> of(byte[] bytes, Descriptor type, int dim) throws IOException {
    MessageLines message = new MessageLines(bytes, dim);
    message.message(type, 0, bytes.length, "");
    return message.lines;
  }

  private void line(int from, int to, String meaning) {
    String hex = HEX.formatHex(bytes, from, to);
    lines.add("%-48s# %s".formatted(hex, meaning).stripTrailing());
  }

  private void message(Descriptor type, int from, int to, String indent) throws IOException {
    CodedInputStream in = CodedInputStream.newInstance(bytes, from, to - from);
    while (!in.isAtEnd()) {
      int start = from + in.getTotalBytesRead();
      int tag = in.readTag();
      FieldDescriptor field = type.findFieldByNumber(WireFormat.getTagFieldNumber(tag));
      String name = indent + field.getName();
      if (WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
        int size = in.readRawVarint32();
        int at = from + in.getTotalBytesRead();
        line(start, at, name + ", " + size + (size == 1 ? " byte:" : " bytes:"));
        content(field, at, at + size, indent + "  ");
        in.skipRawBytes(size);
      } else {
        Object value = scalar(in, field);
        line(start, from + in.getTotalBytesRead(), name + ": " + value);
      }
    }
  }

  private static Object scalar(CodedInputStream in, FieldDescriptor field) throws IOException {
    return switch (field.getType()) {
      case ENUM -> field.getEnumType().findValueByNumber(in.readEnum()).getName();
      case BOOL -> in.readBool();
      case DOUBLE -> in.readDouble();
      case FLOAT -> in.readFloat();
      case FIXED32 -> "%08x".formatted(in.readFixed32());
      default -> in.readInt64();
    };
  }

  private void content(FieldDescriptor field, int from, int to, String indent) throws IOException {
    Descriptor inside = INSIDE.get(field.getFullName());
    if (inside != null || field.getType() == FieldDescriptor.Type.MESSAGE) {
      message(inside == null ? field.getMessageType() : inside, from, to, indent);
      return;
    }
    switch (field.getFullName()) {
      case "luceneivf.v1.SampleChunk.vectors", "luceneivf.v1.VectorChunk.vectors" ->
          floats(from, (to - from) / (dim * Float.BYTES), dim, indent + "vector");
      case "luceneivf.v1.CodeChunk.lists" -> {
        for (int at = from; at < to; at += Integer.BYTES) {
          line(at, at + Integer.BYTES, indent + "list " + values.getInt(at));
        }
      }
      case "luceneivf.v1.CodeChunk.records" -> records(from, to, indent);
      case "luceneivf.v1.CodebookChunk.data" -> codebook(from, indent);
      default -> other(field, from, to, indent);
    }
  }

  private void other(FieldDescriptor field, int from, int to, String indent) {
    if (field.getType() == FieldDescriptor.Type.DOUBLE) {
      for (int at = from; at < to; at += Double.BYTES) {
        line(at, at + Double.BYTES, indent + values.getDouble(at));
      }
      return;
    }
    boolean isText = field.getType() == FieldDescriptor.Type.STRING;
    for (int at = from; at < to; at += BYTES_OF_A_LINE) {
      int end = Math.min(at + BYTES_OF_A_LINE, to);
      String text =
          isText ? '"' + new String(bytes, at, end - at, StandardCharsets.UTF_8) + '"' : "…";
      line(at, end, indent + text);
    }
  }

  /** Rows of floats; returns where they end. */
  private int floats(int from, int rows, int count, String name) {
    int at = from;
    for (int row = 0; row < rows; row++) {
      StringBuilder text = new StringBuilder(name).append(' ').append(row).append(':');
      for (int i = 0; i < count; i++) {
        text.append(' ').append(values.getFloat(at + i * Float.BYTES));
      }
      line(at, at + count * Float.BYTES, text.toString());
      at += count * Float.BYTES;
    }
    return at;
  }

  private void records(int from, int to, String indent) {
    int codeBytes = (dim + 31) / 32 * 4;
    for (int at = from; at < to; ) {
      line(at, at + codeBytes, indent + "code");
      at += codeBytes;
      for (int term = 0; term < 2; term++) {
        line(at, at + Float.BYTES, indent + "t" + term + ": " + values.getFloat(at));
        at += Float.BYTES;
      }
    }
  }

  private int integer(int at, String name) {
    line(at, at + Integer.BYTES, name + ": " + values.getInt(at));
    return at + Integer.BYTES;
  }

  private void codebook(int from, String indent) {
    line(from, from + Integer.BYTES, indent + "magic: \"IVFC\"");
    int at = integer(from + Integer.BYTES, indent + "version of the form");
    at = integer(at, indent + "metric");
    at = integer(at, indent + "exponent");
    int nlist = values.getInt(at);
    at = integer(at, indent + "nlist");
    at = integer(at, indent + "dim");
    line(at, at + Long.BYTES, indent + "rotation seed: " + values.getLong(at));
    at = floats(at + Long.BYTES, 1, 1, indent + "cost of spilling");
    at = floats(at, 1, dim, indent + "mean");
    at = floats(at, nlist, 1, indent + "radius");
    at = floats(at, nlist, dim, indent + "centroid");
    at = integer(at, indent + "version of the codebook");
    line(at, at + Long.BYTES, indent + "population: " + values.getLong(at));
    at += Long.BYTES;
    line(at, at + 1, indent + "parent: " + bytes[at]);
    line(at + 1, at + 17, indent + "id of the parent …");
    line(at + 17, at + 33, indent + "…");
    line(at + 33, at + 37, indent + "crc32c: %08x".formatted(values.getInt(at + 33)));
  }
}
