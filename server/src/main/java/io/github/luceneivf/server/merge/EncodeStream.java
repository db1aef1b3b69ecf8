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
import io.github.luceneivf.server.config.Limits;
import io.github.luceneivf.server.rpc.Admissions;
import io.github.luceneivf.server.rpc.FiniteCheck;
import io.github.luceneivf.server.rpc.LimitCheck;
import io.github.luceneivf.server.rpc.RequestException;
import io.github.luceneivf.server.rpc.StatusMapper;
import io.github.luceneivf.wire.Checksums;
import io.github.luceneivf.wire.ChunkCheck;
import io.github.luceneivf.wire.CodebookAssembler;
import io.github.luceneivf.wire.CodebookRefs;
import io.github.luceneivf.wire.FloatBytes;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One encode stream. Messages arrive in the call's serial callbacks, where they are checked; when
 * the codebook is there, a thread of the merge pool runs the encoder over {@link VectorQueue} until
 * the end. Until then the callbacks close the call, afterwards only that thread does.
 */
final class EncodeStream implements StreamObserver<AssignAndEncodeRequest> {

  /** Messages that may be on their way to the encoder at a time. */
  static final int WINDOW = 4;

  private static final Logger LOG = LoggerFactory.getLogger(EncodeStream.class);

  private final EncodeResources resources;
  private final ServerCallStreamObserver<AssignAndEncodeResponse> client;
  private final CRC32C received = new CRC32C();
  private @Nullable Task task;
  private @Nullable CodebookAssembler codebookInput;
  private volatile Admissions.@Nullable Admission admission;
  private long ord;
  private volatile @Nullable HandoffVectors handoff;
  private boolean ended;
  private boolean closed;
  private volatile long lastMessageNanos = System.nanoTime();
  private State state = State.OPENING;

  /** Who may close the call: whoever leaves OPENING first, then the encoder's thread. */
  private enum State {
    OPENING,
    RUNNING,
    CLOSED
  }

  /** What is encoded, and what passes between the two threads. */
  private record Task(
      CodebookId id, Encoding encoding, int dim, VectorQueue vectors, CodeSender codes) {}

  EncodeStream(
      EncodeResources resources, ServerCallStreamObserver<AssignAndEncodeResponse> client) {
    this.resources = resources;
    this.client = client;
    client.disableAutoRequest();
    client.setOnReadyHandler(this::wake);
    client.setOnCancelHandler(this::cancel);
    client.request(1);
    resources.afterIdle(this::expireIfSilent);
  }

  /** Ends a stream that was opened and left alone; once it runs, {@link VectorQueue} does that. */
  private void expireIfSilent() {
    if (isState(State.RUNNING) || isState(State.CLOSED)) {
      return;
    }
    if (System.nanoTime() - lastMessageNanos < resources.idle().toNanos()) {
      resources.afterIdle(this::expireIfSilent);
    } else if (leaveOpening(State.CLOSED)) {
      release();
      close(RequestException.idle("codebook must come within " + resources.idle()));
    }
  }

  private synchronized boolean leaveOpening(State next) {
    if (state != State.OPENING) {
      return false;
    }
    state = next;
    return true;
  }

  private synchronized boolean isState(State wanted) {
    return state == wanted;
  }

  @Override
  public void onNext(AssignAndEncodeRequest message) {
    lastMessageNanos = System.nanoTime();
    if (closed || isState(State.CLOSED)) {
      return;
    }
    try {
      switch (message.getMessageCase()) {
        case HEADER -> begin(message.getHeader());
        case CODEBOOK -> add(message.getCodebook());
        case VECTORS -> add(message.getVectors());
        case END -> finish(message.getEnd());
        case MESSAGE_NOT_SET ->
            throw RequestException.invalid(
                "message must be header, codebook, vectors or end, got none");
      }
    } catch (RuntimeException e) {
      fail(e);
    }
  }

  private void begin(EncodeHeader header) {
    if (task != null) {
      throw RequestException.invalid("header must be the first message, got another");
    }
    Limits limits = resources.limits();
    Encoding encoding = EncodeResources.check(header, limits);
    CodebookId id = CodebookRefs.id("codebook_id", header.getCodebookId());
    admission = resources.admit(header.getCodebookBytes());
    if (isState(State.CLOSED)) {
      release(); // expired in the meantime
      return;
    }
    Duration idle = resources.idle();
    Task begun =
        new Task(
            id,
            encoding,
            header.getDim(),
            new VectorQueue(
                (int) header.getCount(), header.getDim(), idle, () -> client.request(1)),
            new CodeSender(client, encoding.recordBytes(header.getDim()), idle));
    task = begun;
    if (!header.getHandoffFile().isEmpty()) {
      handoff = resources.open(header);
      ended = true; // no vectors follow
    }
    if (header.getCodebookBytes() > 0) {
      codebookInput = new CodebookAssembler((int) header.getCodebookBytes());
      client.request(1);
    } else {
      Codebook known = resources.codebooks().get(id).orElseThrow(() -> unknown(id));
      start(begun, known);
    }
  }

  private static RequestException unknown(CodebookId id) {
    return RequestException.notFound("codebook not found: " + id);
  }

  private Task begun() {
    Task begun = task;
    if (begun == null) {
      throw RequestException.invalid("header must be the first message");
    }
    return begun;
  }

  private void add(CodebookChunk chunk) {
    Task begun = begun();
    CodebookAssembler input = codebookInput;
    if (input == null) {
      throw RequestException.invalid("codebook must come once, and only if announced");
    }
    input.add(chunk);
    if (input.isComplete()) {
      codebookInput = null;
      Codebook codebook = LimitCheck.require(input.read(begun.id), resources.limits());
      resources.codebooks().put(codebook);
      start(begun, codebook);
    } else {
      client.request(1);
    }
  }

  private void start(Task begun, Codebook codebook) {
    if (codebook.dim() != begun.dim) {
      throw RequestException.invalid(
          "dim must be " + codebook.dim() + " as in the codebook, got: " + begun.dim);
    }
    if (!codebook.supports(begun.encoding)) {
      throw RequestException.invalid(
          "codebook must have sub-codebooks for " + begun.encoding.displayName());
    }
    if (leaveOpening(State.RUNNING)) {
      resources.executor().execute(() -> run(begun, codebook));
    }
  }

  private void add(VectorChunk chunk) {
    Task begun = begun();
    if (!isState(State.RUNNING) || ended) {
      throw RequestException.invalid("vectors must come after the codebook and before the end");
    }
    ChunkCheck.verify("vectors", chunk.getVectors(), chunk.getCrc32C());
    int rowBytes = begun.dim * Float.BYTES;
    int size = chunk.getVectors().size();
    int count = size / rowBytes;
    if (count * rowBytes != size) {
      throw RequestException.invalid(
          "vectors bytes must be a multiple of " + rowBytes + ", got: " + size);
    }
    if (chunk.getFirstOrd() != ord) {
      throw RequestException.invalid("first_ord must be " + ord + ", got: " + chunk.getFirstOrd());
    }
    if (count > begun.vectors.size() - ord) {
      throw RequestException.invalid(
          "count must be " + begun.vectors.size() + ", got: " + (ord + count));
    }
    float[] values = new float[count * begun.dim];
    FloatBytes.copyTo(chunk.getVectors(), values, 0);
    FiniteCheck.require(values, 0, values.length, begun.dim, ord);
    Checksums.update(received, chunk.getVectors());
    ord += count;
    begun.vectors.put(values, count);
  }

  private void finish(EncodeEnd end) {
    Task begun = begun();
    if (!isState(State.RUNNING) || ended) {
      throw RequestException.invalid("end must come once, after the codebook");
    }
    if (end.getCount() != ord || ord != begun.vectors.size()) {
      throw RequestException.invalid(
          "count must be "
              + begun.vectors.size()
              + ", got: "
              + ord
              + ", end says: "
              + end.getCount());
    }
    int crc = (int) received.getValue();
    if (end.getCrc32C() != crc) {
      throw RequestException.invalid(
          "crc32c of all vectors must be "
              + Checksums.hex(crc)
              + ", got: "
              + Checksums.hex(end.getCrc32C()));
    }
    ended = true;
    begun.vectors.end();
  }

  /** Runs on a thread of the merge pool. */
  private void run(Task begun, Codebook codebook) {
    try {
      client.onNext(
          AssignAndEncodeResponse.newBuilder()
              .setAccepted(
                  EncodeAccepted.newBuilder()
                      .setProtocolVersion(ProtocolVersion.PROTOCOL_VERSION_1)
                      .setMaxChunkBytes(ChunkCheck.MAX_BYTES)
                      .setRecordBytes(begun.encoding.recordBytes(begun.dim))
                      .setCodebookId(CodebookRefs.bytes(codebook.id())))
              .build());
      HandoffVectors file = handoff;
      if (file == null) {
        client.request(WINDOW);
      }
      VectorSource vectors = file == null ? begun.vectors : file;
      resources
          .encoder()
          .encode(codebook, begun.encoding, vectors, begun.codes, () -> check(begun));
      release(); // first, so that a client that is told finds room for the next stream
      begun.codes.finish();
      LOG.atInfo()
          .addKeyValue("codebook", codebook.id().shortHex())
          .addKeyValue("vectors", begun.vectors.size())
          .log("encoded");
    } catch (IOException | RuntimeException e) {
      release();
      close(e);
    } catch (OutOfMemoryError e) {
      // The estimate was too low. What the stream held is free again; the server lives on.
      release();
      close(e);
    }
  }

  private void check(Task begun) {
    if (begun.vectors.isCancelled() || client.isCancelled()) {
      throw RequestException.cancelled("call was cancelled");
    }
  }

  /** Tells the client, unless it is gone. */
  private void close(Throwable failure) {
    if (!client.isCancelled()) {
      client.onError(StatusMapper.toStatus(failure));
    }
  }

  private void fail(RuntimeException failure) {
    closed = true;
    Task begun = task;
    if (leaveOpening(State.CLOSED)) {
      release();
      close(failure);
    } else if (begun != null) {
      begun.vectors.fail(failure);
    }
  }

  private void wake() {
    Task begun = task;
    if (begun != null) {
      begun.codes.wake();
    }
  }

  private void cancel() {
    closed = true;
    Task begun = task;
    if (leaveOpening(State.CLOSED)) {
      release();
    } else if (begun != null) {
      begun.vectors.cancel();
      begun.codes.wake();
    }
  }

  private void release() {
    Admissions.Admission held = admission;
    if (held != null) {
      held.close();
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

  @Override
  public void onError(Throwable t) {
    cancel();
  }

  @Override
  public void onCompleted() {
    if (!closed && !ended) {
      fail(RequestException.invalid("end must be the last message"));
    }
  }
}
