// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.merge;

import io.github.luceneivf.clustering.VectorSource;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.CodebookId;
import io.github.luceneivf.proto.v1.AssignAndEncodeRequest;
import io.github.luceneivf.proto.v1.AssignAndEncodeResponse;
import io.github.luceneivf.proto.v1.CodebookChunk;
import io.github.luceneivf.proto.v1.EncodeAccepted;
import io.github.luceneivf.proto.v1.EncodeEnd;
import io.github.luceneivf.proto.v1.EncodeHeader;
import io.github.luceneivf.proto.v1.ProtocolVersion;
import io.github.luceneivf.proto.v1.VectorChunk;
import io.github.luceneivf.quantization.Encoding;
import io.github.luceneivf.server.rpc.CallRoom;
import io.github.luceneivf.server.rpc.InboundStream;
import io.github.luceneivf.server.rpc.RequestException;
import io.github.luceneivf.wire.ChunkCheck;
import io.github.luceneivf.wire.CodebookAssembler;
import io.github.luceneivf.wire.CodebookRefs;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One encode stream. Messages arrive in the call's serial callbacks, where they are checked; when
 * the codebook is there, a thread of the room runs the encoder over {@link VectorQueue} until the
 * end.
 */
final class EncodeStream extends InboundStream<AssignAndEncodeRequest, AssignAndEncodeResponse> {

  /** Messages that may be on their way to the encoder at a time. */
  static final int WINDOW = 4;

  private static final Logger LOG = LoggerFactory.getLogger(EncodeStream.class);

  private final EncodeWork work;
  private final Duration idle;
  private volatile @Nullable Task task;
  private @Nullable CodebookAssembler codebookInput;
  private volatile @Nullable HandoffVectors handoff;
  private boolean running;
  private boolean ended;

  /** What is encoded, and what passes between the two threads. */
  private record Task(
      EncodeHeader header,
      Encoding encoding,
      VectorQueue vectors,
      ArrivingVectors arriving,
      CodeSender codes) {

    CodebookId id() {
      return CodebookRefs.id("codebook_id", header.getCodebookId());
    }
  }

  EncodeStream(EncodeWork work, CallRoom room, StreamObserver<AssignAndEncodeResponse> observer) {
    super(room, observer);
    this.work = work;
    this.idle = room.times().idle();
    client.disableAutoRequest();
    client.setOnReadyHandler(this::wake);
    client.request(1);
  }

  @Override
  protected boolean isHeader(AssignAndEncodeRequest message) {
    return message.hasHeader();
  }

  @Override
  protected String content() {
    return "codebook";
  }

  @Override
  protected String lastMessage() {
    return "end must be the last message";
  }

  @Override
  protected void receive(AssignAndEncodeRequest message) {
    switch (message.getMessageCase()) {
      case HEADER -> begin(message.getHeader());
      case CODEBOOK -> add(begun(), message.getCodebook());
      case VECTORS -> add(begun(), message.getVectors());
      case END -> finish(begun(), message.getEnd());
      case MESSAGE_NOT_SET ->
          throw RequestException.invalid(
              "message must be header, codebook, vectors or end, got none");
    }
  }

  private Task begun() {
    Task begun = task;
    if (begun == null) {
      throw RequestException.invalid("header must be the first message");
    }
    return begun;
  }

  private void begin(EncodeHeader header) {
    Encoding encoding = work.check(header);
    reserve(EncodeWork.arrivingBytes(header));
    VectorQueue vectors =
        new VectorQueue((int) header.getCount(), header.getDim(), idle, () -> client.request(1));
    Task begun =
        new Task(
            header,
            encoding,
            vectors,
            new ArrivingVectors(vectors),
            new CodeSender(client, encoding.recordBytes(header.getDim()), idle));
    task = begun;
    if (!header.getHandoffFile().isEmpty()) {
      handoff = work.open(header);
      ended = true; // no vectors follow
      completed();
    }
    if (header.getCodebookBytes() > 0) {
      codebookInput = new CodebookAssembler((int) header.getCodebookBytes());
      client.request(1);
    } else {
      start(begun, work.find(begun.id()));
    }
  }

  private void add(Task begun, CodebookChunk chunk) {
    CodebookAssembler input = codebookInput;
    if (input == null) {
      throw RequestException.invalid("codebook must come once, and only if announced");
    }
    input.add(chunk);
    if (input.isComplete()) {
      Codebook codebook = work.read(input, begun.id());
      codebookInput = null;
      start(begun, codebook);
    } else {
      client.request(1);
    }
  }

  private void start(Task begun, Codebook codebook) {
    int dim = begun.header.getDim();
    if (codebook.dim() != dim) {
      throw RequestException.invalid(
          "dim must be " + codebook.dim() + " as in the codebook, got: " + dim);
    }
    if (!codebook.supports(begun.encoding)) {
      throw RequestException.invalid(
          "codebook must have sub-codebooks for " + begun.encoding.displayName());
    }
    reserve(work.runningBytes(begun.header, codebook, begun.encoding));
    running = true;
    handOver(() -> run(begun, codebook));
  }

  private void add(Task begun, VectorChunk chunk) {
    if (!running || ended) {
      throw RequestException.invalid("vectors must come after the codebook and before the end");
    }
    begun.arriving.add(chunk);
  }

  private void finish(Task begun, EncodeEnd end) {
    if (!running || ended) {
      throw RequestException.invalid("end must come once, after the codebook");
    }
    begun.arriving.finish(end);
    ended = true;
    completed();
  }

  /** Runs on a thread of the room. */
  private void run(Task begun, Codebook codebook) throws IOException {
    client.onNext(
        AssignAndEncodeResponse.newBuilder()
            .setAccepted(
                EncodeAccepted.newBuilder()
                    .setProtocolVersion(ProtocolVersion.PROTOCOL_VERSION_1)
                    .setMaxChunkBytes(ChunkCheck.MAX_BYTES)
                    .setRecordBytes(begun.encoding.recordBytes(codebook.dim()))
                    .setCodebookId(CodebookRefs.bytes(codebook.id())))
            .build());
    HandoffVectors file = handoff;
    if (file == null) {
      client.request(WINDOW);
    }
    VectorSource vectors = file == null ? begun.vectors : file;
    work.encoder().encode(codebook, begun.encoding, vectors, begun.codes, () -> check(begun));
    close(); // first, so that a client that is told finds room for the next stream
    begun.codes.finish();
    LOG.atInfo()
        .addKeyValue("codebook", codebook.id().shortHex())
        .addKeyValue("vectors", begun.vectors.size())
        .log("encoded");
  }

  private void check(Task begun) {
    if (begun.vectors.isCancelled() || client.isCancelled()) {
      throw RequestException.cancelled("call was cancelled");
    }
  }

  @Override
  protected void interrupt(Throwable cause) {
    Task begun = task;
    if (begun == null) {
      return;
    }
    if (cause instanceof RequestException refusal
        && refusal.reason() == RequestException.Reason.CANCELLED) {
      begun.vectors.cancel();
      begun.codes.wake();
    } else {
      begun.vectors.fail(cause);
    }
  }

  private void wake() {
    Task begun = task;
    if (begun != null) {
      begun.codes.wake();
    }
  }

  @Override
  protected void release() {
    codebookInput = null;
    Task begun = task;
    if (begun != null) {
      begun.vectors.clear();
    }
    HandoffVectors file = handoff;
    if (file != null) {
      try {
        file.close();
      } catch (IOException e) {
        LOG.atWarn().setCause(e).log("handed-over file was not closed");
      }
    }
  }
}
