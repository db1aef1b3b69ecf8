// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.it.fuzz;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.CodebookId;
import io.github.luceneivf.proto.v1.AssignAndEncodeRequest;
import io.github.luceneivf.proto.v1.CodebookChunk;
import io.github.luceneivf.proto.v1.CodebookServiceGrpc;
import io.github.luceneivf.proto.v1.MergeServiceGrpc;
import io.github.luceneivf.proto.v1.PublishCodebookRequest;
import io.github.luceneivf.proto.v1.PublishHeader;
import io.github.luceneivf.proto.v1.ReportBytes;
import io.github.luceneivf.proto.v1.UploadSampleRequest;
import io.github.luceneivf.wire.Checksums;
import io.github.luceneivf.wire.CodebookChunks;
import io.github.luceneivf.wire.CodebookRefs;
import io.github.luceneivf.wire.TrainingMessages;
import io.grpc.MethodDescriptor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Checksums, offsets, hashes and sizes that fit what is sent: otherwise hardly any input would get
 * past them. Messages that cannot be parsed stay as they are. Stateless.
 */
final class FittingMessages {

  private FittingMessages() {}

  /** Makes messages of a method fit each other; those of most methods need nothing. */
  static List<byte[]> of(MethodDescriptor<?, ?> method, List<byte[]> messages) {
    try {
      if (method == MergeServiceGrpc.getAssignAndEncodeMethod()) {
        return encode(messages);
      }
      if (method == CodebookServiceGrpc.getPublishCodebookMethod()) {
        return publish(messages);
      }
      return messages;
    } catch (InvalidProtocolBufferException _) {
      return messages;
    }
  }

  /** Makes messages an upload to a job. */
  static List<byte[]> uploadTo(String job, List<byte[]> messages, boolean fitting) {
    List<byte[]> result = new ArrayList<>();
    ByteArrayOutputStream sample = new ByteArrayOutputStream();
    try {
      for (byte[] message : messages) {
        UploadSampleRequest.Builder request = UploadSampleRequest.parseFrom(message).toBuilder();
        if (request.hasHeader()) {
          request.getHeaderBuilder().setJobId(job);
        } else if (request.hasChunk() && fitting) {
          ByteString vectors = request.getChunk().getVectors();
          sample.writeBytes(vectors.toByteArray());
          request.getChunkBuilder().setCrc32C(Checksums.crc32c(vectors));
        } else if (request.hasEnd() && fitting) {
          byte[] hash = Checksums.sha256().digest(sample.toByteArray());
          request.getEndBuilder().setSha256(ByteString.copyFrom(hash));
        }
        result.add(request.build().toByteArray());
      }
      return result;
    } catch (InvalidProtocolBufferException _) {
      return messages;
    }
  }

  private static List<byte[]> encode(List<byte[]> messages) throws InvalidProtocolBufferException {
    List<AssignAndEncodeRequest> parsed = new ArrayList<>();
    Chunks chunks = new Chunks();
    for (byte[] message : messages) {
      parsed.add(AssignAndEncodeRequest.parseFrom(message));
      if (parsed.getLast().hasCodebook()) {
        chunks.add(parsed.getLast().getCodebook());
      }
    }
    chunks.seal();
    List<byte[]> result = new ArrayList<>();
    ByteArrayOutputStream vectors = new ByteArrayOutputStream();
    for (AssignAndEncodeRequest message : parsed) {
      AssignAndEncodeRequest.Builder request = message.toBuilder();
      if (request.hasHeader() && !chunks.isEmpty()) {
        request.getHeaderBuilder().setCodebookBytes(chunks.bytes.length).setCodebookId(chunks.id());
      } else if (request.hasCodebook()) {
        request.setCodebook(chunks.next());
      } else if (request.hasVectors()) {
        ByteString bytes = request.getVectors().getVectors();
        vectors.writeBytes(bytes.toByteArray());
        request.getVectorsBuilder().setCrc32C(Checksums.crc32c(bytes));
      } else if (request.hasEnd()) {
        request
            .getEndBuilder()
            .setCrc32C(Checksums.crc32c(ByteString.copyFrom(vectors.toByteArray())));
      }
      result.add(request.build().toByteArray());
    }
    return result;
  }

  private static List<byte[]> publish(List<byte[]> messages) throws InvalidProtocolBufferException {
    List<PublishCodebookRequest> parsed = new ArrayList<>();
    Chunks chunks = new Chunks();
    for (byte[] message : messages) {
      parsed.add(PublishCodebookRequest.parseFrom(message));
      if (parsed.getLast().hasChunk()) {
        chunks.add(parsed.getLast().getChunk());
      }
    }
    chunks.seal();
    List<byte[]> result = new ArrayList<>();
    for (PublishCodebookRequest message : parsed) {
      PublishCodebookRequest.Builder request = message.toBuilder();
      if (request.hasHeader()) {
        PublishHeader.Builder header = request.getHeaderBuilder();
        ReportBytes report = header.getReport();
        header.setReport(TrainingMessages.seal(report.getReport(), report.getCalibration()));
        header.setSizeBytes(chunks.bytes.length).setSha256(CodebookChunks.sha256(chunks.bytes));
        header.getCodebookBuilder().setId(chunks.id());
      } else if (request.hasChunk()) {
        request.setChunk(chunks.next());
      }
      result.add(request.build().toByteArray());
    }
    return result;
  }

  /** The pieces of a codebook. */
  private static final class Chunks {
    private final ByteArrayOutputStream input = new ByteArrayOutputStream();
    private final List<Integer> sizes = new ArrayList<>();
    private byte[] bytes = new byte[0];
    private int number;
    private int offset;

    void add(CodebookChunk chunk) {
      input.writeBytes(chunk.getData().toByteArray());
      sizes.add(chunk.getData().size());
    }

    void seal() {
      bytes = input.toByteArray();
      Samples.sealCodebook(bytes);
    }

    boolean isEmpty() {
      return sizes.isEmpty();
    }

    ByteString id() {
      try {
        return CodebookRefs.bytes(Codebook.idOf(bytes));
      } catch (IOException e) {
        return ByteString.copyFrom(new byte[CodebookId.BYTES]);
      }
    }

    CodebookChunk next() {
      int size = sizes.get(number++);
      ByteString data = ByteString.copyFrom(bytes, offset, size);
      CodebookChunk chunk =
          CodebookChunk.newBuilder()
              .setOffset(offset)
              .setData(data)
              .setCrc32C(Checksums.crc32c(data))
              .build();
      offset += size;
      return chunk;
    }
  }
}
