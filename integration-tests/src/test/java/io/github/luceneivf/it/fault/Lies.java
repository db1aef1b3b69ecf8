// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it.fault;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.github.luceneivf.client.SidecarException.Reason;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.proto.v1.AssignAndEncodeResponse;
import io.github.luceneivf.proto.v1.Calibration;
import io.github.luceneivf.proto.v1.CodeChunk;
import io.github.luceneivf.proto.v1.CodebookChunk;
import io.github.luceneivf.proto.v1.CreateTrainingJobResponse;
import io.github.luceneivf.proto.v1.GetCodebookResponse;
import io.github.luceneivf.proto.v1.GetTrainingReportResponse;
import io.github.luceneivf.proto.v1.ProtocolVersion;
import io.github.luceneivf.wire.Checksums;
import io.github.luceneivf.wire.TrainingMessages;
import io.grpc.Status;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/** Wrong answers of a sidecar, each with the reason that must be counted. */
final class Lies {

  /** Of the binary form of a codebook: magic, version, metric, exponent, nlist, dim, seed. */
  private static final int NLIST_AT = 16;

  private static final int DIM_AT = 20;
  private static final int MEAN_AT = 32;

  private Lies() {}

  /**
   * A wrong answer.
   *
   * @param name what is wrong
   * @param lie makes it
   * @param reason what the client must take it for
   */
  record Case(String name, LyingSidecar.Lie lie, Reason reason) {
    @Override
    public String toString() {
      return name;
    }
  }

  /** Wrong answers to who wants a codebook trained. */
  static Stream<Case> ofTraining() {
    return Stream.of(
        refusal("unavailable", CreateTrainingJobResponse.class, Status.UNAVAILABLE),
        refusal("exhausted", CreateTrainingJobResponse.class, Status.RESOURCE_EXHAUSTED),
        refusal("other protocol", CreateTrainingJobResponse.class, Status.FAILED_PRECONDITION),
        refusal("no such method", CreateTrainingJobResponse.class, Status.UNIMPLEMENTED),
        refusal("no such job", GetTrainingReportResponse.class, Status.NOT_FOUND),
        refusal("internal error", GetTrainingReportResponse.class, Status.INTERNAL),
        codebook("centroid NaN", bytes -> withCentroid(bytes, Float.NaN)),
        codebook("centroid infinite", bytes -> withCentroid(bytes, Float.POSITIVE_INFINITY)),
        codebook("other dimension", Lies::transposed),
        codebook("more lists than wanted", Lies::flattened),
        codebook("bytes after the end", bytes -> java.util.Arrays.copyOf(bytes, bytes.length + 64)),
        invalid(
            "damaged codebook chunk",
            GetCodebookResponse.class,
            m -> {
              GetCodebookResponse.Builder b = m.toBuilder();
              if (m.hasChunk()) {
                b.getChunkBuilder().setData(flipped(m.getChunk().getData(), 100));
              }
              return List.of(b.build());
            }),
        invalid(
            "codebook twice",
            GetCodebookResponse.class,
            m -> m.hasChunk() ? List.of(m, m) : List.of(m)),
        invalid(
            "codebook without an end",
            GetCodebookResponse.class,
            m -> m.hasChunk() ? List.of() : List.of(m)),
        invalid(
            "recall above 1", GetTrainingReportResponse.class, m -> List.of(withRecall(m, 1.5f))),
        invalid(
            "report of a bit more",
            GetTrainingReportResponse.class,
            m -> {
              GetTrainingReportResponse.Builder b = m.toBuilder();
              b.getReportBuilder().setReport(flipped(m.getReport().getReport(), 1));
              return List.of(b.build());
            }));
  }

  private static GetTrainingReportResponse withRecall(GetTrainingReportResponse m, float recall) {
    Calibration.Builder calibration = Calibration.newBuilder();
    try {
      calibration.mergeFrom(m.getReport().getCalibration());
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
    calibration.getBandsBuilder(0).getCurvesBuilder(0).getByProbeBuilder(0).setRecall(recall);
    return m.toBuilder()
        .setReport(
            TrainingMessages.seal(m.getReport().getReport(), calibration.build().toByteString()))
        .build();
  }

  /** Wrong answers to who wants vectors assigned and encoded. */
  static Stream<Case> ofEncoding() {
    Class<AssignAndEncodeResponse> type = AssignAndEncodeResponse.class;
    return Stream.of(
        refusal("unavailable", type, Status.UNAVAILABLE),
        refusal("exhausted", type, Status.RESOURCE_EXHAUSTED),
        refusal("other protocol", type, Status.FAILED_PRECONDITION),
        refusal("internal error", type, Status.INTERNAL),
        invalid(
            "older protocol",
            type,
            m -> {
              AssignAndEncodeResponse.Builder b = m.toBuilder();
              if (m.hasAccepted()) {
                b.getAcceptedBuilder()
                    .setProtocolVersion(ProtocolVersion.PROTOCOL_VERSION_UNSPECIFIED);
              }
              return List.of(b.build());
            }),
        invalid(
            "codes of another codebook",
            type,
            m -> {
              AssignAndEncodeResponse.Builder b = m.toBuilder();
              if (m.hasAccepted()) {
                b.getAcceptedBuilder().setCodebookId(flipped(m.getAccepted().getCodebookId(), 31));
              }
              return List.of(b.build());
            }),
        chunk("list too high", chunk -> withList(chunk, Integer.MAX_VALUE)),
        chunk("list negative", chunk -> withList(chunk, -1)),
        chunk("term NaN", Lies::withNanTerm),
        chunk(
            "fewer records",
            chunk ->
                chunk.toBuilder()
                    .setRecords(chunk.getRecords().substring(0, chunk.getRecords().size() - 1))
                    .build()),
        invalid(
            "wrong checksum",
            type,
            m -> {
              AssignAndEncodeResponse.Builder b = m.toBuilder();
              if (m.hasCodes()) {
                b.getCodesBuilder().setRecords(flipped(m.getCodes().getRecords(), 5));
              }
              return List.of(b.build());
            }),
        invalid(
            "wrong checksum of all",
            type,
            m -> {
              AssignAndEncodeResponse.Builder b = m.toBuilder();
              if (m.hasSummary()) {
                b.getSummaryBuilder().setCrc32C(~m.getSummary().getCrc32C());
              }
              return List.of(b.build());
            }),
        invalid("duplicated stream", type, m -> m.hasCodes() ? List.of(m, m) : List.of(m)),
        invalid(
            "a chunk left out",
            type,
            m -> m.hasCodes() && m.getCodes().getFirstOrd() > 0 ? List.of() : List.of(m)),
        invalid("short stream", type, m -> m.hasSummary() ? List.of() : List.of(m)));
  }

  private static Case refusal(String name, Class<? extends Message> type, Status status) {
    Reason reason =
        switch (status.getCode()) {
          case UNAVAILABLE -> Reason.UNAVAILABLE;
          case NOT_FOUND -> Reason.NOT_FOUND;
          case INTERNAL -> Reason.FAILED;
          default -> Reason.REFUSED;
        };
    return new Case(
        name,
        message -> {
          if (type.isInstance(message)) {
            throw status.withDescription("on purpose").asRuntimeException();
          }
          return List.of(message);
        },
        reason);
  }

  /** Makes messages of one type out of each message of that type. */
  private interface Change<M> {
    List<M> apply(M honest);
  }

  private static <M extends Message> Case invalid(String name, Class<M> type, Change<M> change) {
    return new Case(
        name,
        message -> type.isInstance(message) ? change.apply(type.cast(message)) : List.of(message),
        Reason.INVALID_ANSWER);
  }

  /** Sends another codebook, with all checksums right; it must be of one chunk. */
  private static Case codebook(String name, UnaryOperator<byte[]> change) {
    return new Case(
        name,
        new LyingSidecar.Lie() {
          private GetCodebookResponse header = GetCodebookResponse.getDefaultInstance();

          @Override
          public List<? extends Message> tell(Message message) {
            if (!(message instanceof GetCodebookResponse answer)) {
              return List.of(message);
            }
            if (answer.hasHeader()) {
              header = answer;
              return List.of();
            }
            return consistent(header, change.apply(answer.getChunk().getData().toByteArray()));
          }
        },
        Reason.INVALID_ANSWER);
  }

  private static List<GetCodebookResponse> consistent(GetCodebookResponse header, byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, bytes.length - Integer.BYTES);
    littleEndian(bytes).putInt(bytes.length - Integer.BYTES, (int) crc.getValue());
    GetCodebookResponse.Builder first = header.toBuilder();
    first
        .getHeaderBuilder()
        .setSizeBytes(bytes.length)
        .setSha256(ByteString.copyFrom(Checksums.sha256().digest(bytes)));
    try {
      ByteString id = ByteString.copyFrom(Codebook.fromBytes(bytes).id().bytes());
      first.getHeaderBuilder().getCodebookBuilder().setId(id);
    } catch (IOException e) {
      // it is no codebook, and keeps the id of the honest one
    }
    ByteString data = ByteString.copyFrom(bytes);
    CodebookChunk chunk =
        CodebookChunk.newBuilder().setData(data).setCrc32C(Checksums.crc32c(data)).build();
    return List.of(first.build(), GetCodebookResponse.newBuilder().setChunk(chunk).build());
  }

  private static ByteBuffer littleEndian(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static byte[] withCentroid(byte[] bytes, float value) {
    ByteBuffer buffer = littleEndian(bytes);
    int floats = buffer.getInt(DIM_AT) + buffer.getInt(NLIST_AT);
    buffer.putFloat(MEAN_AT + Float.BYTES * (floats + 7), value);
    return bytes;
  }

  /** The same number of floats, but of half the dimension and twice the lists, about. */
  private static byte[] transposed(byte[] bytes) {
    return reshaped(bytes, MergeLab.DIM / 2, littleEndian(bytes).getInt(NLIST_AT));
  }

  private static byte[] flattened(byte[] bytes) {
    return reshaped(bytes, MergeLab.DIM, 4 * littleEndian(bytes).getInt(NLIST_AT));
  }

  /** A codebook of another shape, all zeros, of the same lineage. */
  private static byte[] reshaped(byte[] bytes, int dim, int nlist) {
    ByteBuffer buffer = littleEndian(bytes);
    int oldDim = buffer.getInt(DIM_AT);
    int oldNlist = buffer.getInt(NLIST_AT);
    int lineageAt = MEAN_AT + Float.BYTES * (oldDim + oldNlist + oldDim * oldNlist);
    int newAt = MEAN_AT + Float.BYTES * (dim + nlist + dim * nlist);
    byte[] result = new byte[newAt + bytes.length - lineageAt];
    System.arraycopy(bytes, 0, result, 0, MEAN_AT);
    System.arraycopy(bytes, lineageAt, result, newAt, bytes.length - lineageAt);
    littleEndian(result).putInt(NLIST_AT, nlist).putInt(DIM_AT, dim);
    return result;
  }

  private static ByteString flipped(ByteString bytes, int at) {
    byte[] copy = bytes.toByteArray();
    copy[at] ^= 1;
    return ByteString.copyFrom(copy);
  }

  /** Changes the codes of each chunk, and puts the checksum right. */
  private static Case chunk(String name, UnaryOperator<CodeChunk> change) {
    return invalid(
        name,
        AssignAndEncodeResponse.class,
        message -> {
          if (!message.hasCodes()) {
            return List.of(message);
          }
          CodeChunk changed = change.apply(message.getCodes());
          int crc = Checksums.crc32c(changed.getLists().concat(changed.getRecords()));
          return List.of(message.toBuilder().setCodes(changed.toBuilder().setCrc32C(crc)).build());
        });
  }

  private static CodeChunk withList(CodeChunk chunk, int list) {
    byte[] lists = chunk.getLists().toByteArray();
    littleEndian(lists).putInt(lists.length - Integer.BYTES, list);
    return chunk.toBuilder().setLists(ByteString.copyFrom(lists)).build();
  }

  private static CodeChunk withNanTerm(CodeChunk chunk) {
    byte[] records = chunk.getRecords().toByteArray();
    littleEndian(records).putFloat(records.length - Float.BYTES, Float.NaN);
    return chunk.toBuilder().setRecords(ByteString.copyFrom(records)).build();
  }
}
