package io.github.luceneivf.server.training;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.github.luceneivf.proto.Checksums;
import io.github.luceneivf.proto.v1.CodebookChunk;
import io.github.luceneivf.proto.v1.CodebookHeader;
import io.github.luceneivf.proto.v1.GetCodebookResponse;
import io.github.luceneivf.server.config.Limits;
import io.grpc.stub.ServerCallStreamObserver;

/** Sends a codebook as fast as its client takes it. Thread-safe. */
final class CodebookStream {

  private final JobResult result;
  private final ServerCallStreamObserver<GetCodebookResponse> client;
  private int sent = -1; // -1: the header is next
  private boolean ended;

  CodebookStream(JobResult result, ServerCallStreamObserver<GetCodebookResponse> client) {
    this.result = result;
    this.client = client;
  }

  /** Sends what the client can take. */
  synchronized void send() {
    while (!ended && client.isReady()) {
      if (sent < 0) {
        client.onNext(GetCodebookResponse.newBuilder().setHeader(header()).build());
        sent = 0;
      } else if (sent < result.codebook().length) {
        CodebookChunk chunk = chunk();
        sent += chunk.getData().size();
        client.onNext(GetCodebookResponse.newBuilder().setChunk(chunk).build());
      } else {
        ended = true;
        client.onCompleted();
      }
    }
  }

  private CodebookHeader header() {
    byte[] hash = Checksums.sha256().digest(result.codebook());
    return CodebookHeader.newBuilder()
        .setCodebook(JobMessages.codebook(result.id(), result.version()))
        .setSizeBytes(result.codebook().length)
        .setSha256(ByteString.copyFrom(hash))
        .build();
  }

  private CodebookChunk chunk() {
    int count = Math.min(Limits.CHUNK_BYTES, result.codebook().length - sent);
    // Results are not modified.
    ByteString data = UnsafeByteOperations.unsafeWrap(result.codebook(), sent, count);
    return CodebookChunk.newBuilder()
        .setOffset(sent)
        .setData(data)
        .setCrc32C(Checksums.crc32c(data))
        .build();
  }
}
