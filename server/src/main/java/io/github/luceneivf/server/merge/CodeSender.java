// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.merge;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.github.luceneivf.codebook.EncodedSink;
import io.github.luceneivf.proto.v1.AssignAndEncodeResponse;
import io.github.luceneivf.proto.v1.CodeChunk;
import io.github.luceneivf.proto.v1.EncodeSummary;
import io.github.luceneivf.server.config.Limits;
import io.github.luceneivf.server.rpc.Pace;
import io.github.luceneivf.server.rpc.RequestException;
import io.github.luceneivf.wire.Checksums;
import io.grpc.stub.ServerCallStreamObserver;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.zip.CRC32C;

/**
 * Sends codes to the client, and waits while it does not take them. {@code accept} is confined to
 * the encoder's thread; {@link #wake()} may be called from any.
 */
final class CodeSender implements EncodedSink {

  /** How soon a cancelled call is noticed by a thread that waits for its client. */
  private static final long POLL_MILLIS = 100;

  private final ServerCallStreamObserver<AssignAndEncodeResponse> client;
  private final int recordBytes;
  private final Pace pace;
  private final CRC32C whole = new CRC32C();
  private long sent;

  CodeSender(
      ServerCallStreamObserver<AssignAndEncodeResponse> client, int recordBytes, Duration idle) {
    this.client = client;
    this.recordBytes = recordBytes;
    this.pace = new Pace("codes must be taken", idle);
  }

  @Override
  public void accept(int firstOrd, int count, int[] lists, byte[] records) {
    int most = Math.max(1, Limits.CHUNK_BYTES / (recordBytes + Integer.BYTES));
    for (int from = 0; from < count; from += most) {
      send(from, Math.min(most, count - from), lists, records);
    }
  }

  private void send(int from, int count, int[] lists, byte[] records) {
    ByteBuffer listBytes =
        ByteBuffer.allocate(count * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    listBytes.asIntBuffer().put(lists, from, count);
    // Records are copied: the encoder may use its array again.
    ByteString recordCopy = ByteString.copyFrom(records, from * recordBytes, count * recordBytes);
    ByteString listString = UnsafeByteOperations.unsafeWrap(listBytes);
    CRC32C crc = new CRC32C();
    Checksums.update(crc, listString);
    Checksums.update(crc, recordCopy);
    Checksums.update(whole, listString);
    Checksums.update(whole, recordCopy);
    awaitReady();
    pace.moved((long) count * (recordBytes + Integer.BYTES));
    client.onNext(
        AssignAndEncodeResponse.newBuilder()
            .setCodes(
                CodeChunk.newBuilder()
                    .setFirstOrd(sent)
                    .setCount(count)
                    .setLists(listString)
                    .setRecords(recordCopy)
                    .setCrc32C((int) crc.getValue()))
            .build());
    sent += count;
  }

  /** Sends the summary and closes the call. */
  void finish() {
    client.onNext(
        AssignAndEncodeResponse.newBuilder()
            .setSummary(EncodeSummary.newBuilder().setCount(sent).setCrc32C((int) whole.getValue()))
            .build());
    client.onCompleted();
  }

  private synchronized void awaitReady() {
    while (!client.isReady()) {
      if (client.isCancelled()) {
        throw RequestException.cancelled("call was cancelled");
      }
      long start = System.nanoTime();
      try {
        wait(POLL_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw RequestException.cancelled("server stopped");
      }
      pace.waited(System.nanoTime() - start);
    }
  }

  /** Looks again whether the client takes more. */
  synchronized void wake() {
    notifyAll();
  }

  @Override
  public void restart() {
    throw new IllegalStateException("codes were sent already");
  }
}
