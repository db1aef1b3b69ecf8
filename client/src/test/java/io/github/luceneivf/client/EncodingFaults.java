// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.client;

import com.google.protobuf.ByteString;
import io.github.luceneivf.client.SidecarException.Reason;
import io.github.luceneivf.proto.v1.AssignAndEncodeResponse;
import io.github.luceneivf.proto.v1.CodeChunk;
import io.github.luceneivf.wire.Checksums;
import io.grpc.Status;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** What a sidecar can do wrong while it encodes. */
final class EncodingFaults {

  private EncodingFaults() {}

  /** A misbehaviour, and what it must be taken for. */
  record Case(String name, Reason reason, String text, FakeSidecar.Fault fault) {
    @Override
    public String toString() {
      return name;
    }
  }

  /** Returns all of them. */
  static Stream<Case> all() {
    return Stream.of(calls(), chunks(), ends()).flatMap(s -> s);
  }

  private static Stream<Case> calls() {
    return Stream.of(
        refuse("down", Status.UNAVAILABLE, Reason.UNAVAILABLE),
        refuse("full", Status.RESOURCE_EXHAUSTED, Reason.REFUSED),
        refuse("old", Status.UNIMPLEMENTED, Reason.REFUSED),
        new Case("silent", Reason.TIMEOUT, "silent", message -> null),
        new Case("accepts nothing", Reason.TIMEOUT, "silent", message -> List.of()),
        changed(
            "other version",
            "version",
            m -> {
              var b = m.toBuilder();
              if (m.hasAccepted()) {
                b.getAcceptedBuilder().setProtocolVersionValue(7);
              }
              return b.build();
            }),
        changed(
            "other record size",
            "record_bytes",
            m -> {
              var b = m.toBuilder();
              if (m.hasAccepted()) {
                b.getAcceptedBuilder().setRecordBytes(1);
              }
              return b.build();
            }),
        changed(
            "other codebook",
            "codebook_id must be",
            m -> {
              var b = m.toBuilder();
              if (m.hasAccepted()) {
                b.getAcceptedBuilder().setCodebookId(ByteString.copyFrom(new byte[32]));
              }
              return b.build();
            }),
        changed(
            "no codebook named",
            "codebook_id bytes",
            m -> {
              var b = m.toBuilder();
              if (m.hasAccepted()) {
                b.getAcceptedBuilder().clearCodebookId();
              }
              return b.build();
            }),
        changed(
            "no room in chunks",
            "max_chunk_bytes",
            m -> {
              var b = m.toBuilder();
              if (m.hasAccepted()) {
                b.getAcceptedBuilder().setMaxChunkBytes(3);
              }
              return b.build();
            }),
        new Case(
            "silent after some codes",
            Reason.TIMEOUT,
            "silent",
            m -> firstOrd(m) >= 300 ? null : List.of(m)),
        new Case(
            "breaks after some codes",
            Reason.UNAVAILABLE,
            "UNAVAILABLE",
            m -> {
              if (firstOrd(m) >= 300) {
                throw new FakeSidecar.Refusal(Status.UNAVAILABLE);
              }
              return List.of(m);
            }));
  }

  private static Stream<Case> chunks() {
    return Stream.of(
        new Case(
            "short",
            Reason.INVALID_ANSWER,
            "count must be 900",
            m -> firstOrd(m) >= 800 ? List.of() : List.of(m)),
        new Case(
            "chunk missing",
            Reason.INVALID_ANSWER,
            "first_ord must be 300",
            m -> firstOrd(m) == 300 ? List.of() : List.of(m)),
        new Case(
            "chunk twice",
            Reason.INVALID_ANSWER,
            "first_ord must be 400",
            m -> firstOrd(m) == 300 ? List.of(m, m) : List.of(m)),
        chunk(
            "list too large",
            "list must be in [0, 8), got: 8",
            c -> withList(c, 5, TestVectors.NLIST)),
        chunk("negative list", "list must be in [0, 8), got: -1", c -> withList(c, 0, -1)),
        chunk("term is no number", "term must be finite", c -> withTerm(c, Float.NaN)),
        chunk("infinite term", "term must be finite", c -> withTerm(c, Float.NEGATIVE_INFINITY)),
        chunk(
            "records short",
            "records must have",
            c -> c.toBuilder().setRecords(c.getRecords().substring(1)).build()),
        chunk(
            "lists long",
            "lists must have",
            c ->
                c.toBuilder()
                    .setLists(c.getLists().concat(ByteString.copyFrom(new byte[4])))
                    .build()),
        chunk("no vectors", "count must be in", c -> c.toBuilder().setCount(0).build()),
        chunk("negative count", "count must be in", c -> c.toBuilder().setCount(-5).build()),
        chunk(
            "more vectors than sent",
            "count must be in",
            c -> c.toBuilder().setCount(1 << 30).build()),
        new Case(
            "damaged",
            Reason.INVALID_ANSWER,
            "crc32c of codes",
            m -> {
              if (firstOrd(m) != 200) {
                return List.of(m);
              }
              var b = ((AssignAndEncodeResponse) m).toBuilder();
              b.getCodesBuilder().setCrc32C(1);
              return List.of(b.build());
            }));
  }

  private static Stream<Case> ends() {
    return Stream.of(
        new Case(
            "no summary",
            Reason.INVALID_ANSWER,
            "ended too early",
            m -> m instanceof AssignAndEncodeResponse r && r.hasSummary() ? List.of() : List.of(m)),
        new Case(
            "goes on after the summary",
            Reason.INVALID_ANSWER,
            "more messages",
            m ->
                m instanceof AssignAndEncodeResponse r && r.hasSummary()
                    ? List.of(m, m)
                    : List.of(m)),
        changed(
            "other total",
            "summary says: 1",
            m -> {
              var b = m.toBuilder();
              if (m.hasSummary()) {
                b.getSummaryBuilder().setCount(1);
              }
              return b.build();
            }),
        changed(
            "other checksum of all",
            "crc32c of all codes",
            m -> {
              var b = m.toBuilder();
              if (m.hasSummary()) {
                b.getSummaryBuilder().setCrc32C(1);
              }
              return b.build();
            }));
  }

  private static long firstOrd(com.google.protobuf.Message message) {
    return message instanceof AssignAndEncodeResponse response && response.hasCodes()
        ? response.getCodes().getFirstOrd()
        : -1;
  }

  private static Case refuse(String name, Status status, Reason reason) {
    return new Case(
        name,
        reason,
        status.getCode().name(),
        message -> {
          throw new FakeSidecar.Refusal(status.withDescription("test"));
        });
  }

  private static Case changed(
      String name, String text, UnaryOperator<AssignAndEncodeResponse> change) {
    return new Case(
        name,
        Reason.INVALID_ANSWER,
        text,
        message -> List.of(change.apply((AssignAndEncodeResponse) message)));
  }

  /** Changes the third chunk, and puts its checksum right. */
  private static Case chunk(String name, String text, UnaryOperator<CodeChunk> change) {
    return new Case(
        name,
        Reason.INVALID_ANSWER,
        text,
        message -> {
          if (firstOrd(message) != 200) {
            return List.of(message);
          }
          CodeChunk chunk = change.apply(((AssignAndEncodeResponse) message).getCodes());
          int crc = Checksums.crc32c(chunk.getLists().concat(chunk.getRecords()));
          return List.of(
              AssignAndEncodeResponse.newBuilder()
                  .setCodes(chunk.toBuilder().setCrc32C(crc))
                  .build());
        });
  }

  private static CodeChunk withList(CodeChunk chunk, int at, int list) {
    ByteBuffer lists =
        ByteBuffer.wrap(chunk.getLists().toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
    lists.putInt(at * Integer.BYTES, list);
    return chunk.toBuilder().setLists(ByteString.copyFrom(lists)).build();
  }

  private static CodeChunk withTerm(CodeChunk chunk, float term) {
    ByteBuffer records =
        ByteBuffer.wrap(chunk.getRecords().toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
    records.putFloat(records.capacity() - Float.BYTES, term);
    return chunk.toBuilder().setRecords(ByteString.copyFrom(records)).build();
  }
}
