// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.merge;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.github.luceneivf.codebook.EncodedSink;
import io.github.luceneivf.proto.v1.AssignAndEncodeResponse;
import io.github.luceneivf.proto.v1.CodeChunk;
import io.github.luceneivf.proto.v1.CopyChunk;
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
  private long copies;

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

  @Override
  public void acceptCopies(int count, int[] ords, int[] lists, byte[] records) {
    int most = Math.max(1, Limits.CHUNK_BYTES / (recordBytes + 2 * Integer.BYTES));
    for (int from = 0; from < count; from += most) {
      sendCopies(from, Math.min(most, count - from), ords, lists, records);
    }
  }

  private void send(int from, int count, int[] lists, byte[] records) {
    ByteString listBytes = bytes(lists, from, count);
    ByteString recordCopy = records(records, from, count);
    int crc = checksum(listBytes, recordCopy);
    send(
        AssignAndEncodeResponse.newBuilder()
            .setCodes(
                CodeChunk.newBuilder()
                    .setFirstOrd(sent)
                    .setCount(count)
                    .setLists(listBytes)
                    .setRecords(recordCopy)
                    .setCrc32C(crc)),
        listBytes.size() + recordCopy.size());
    sent += count;
  }

  private void sendCopies(int from, int count, int[] ords, int[] lists, byte[] records) {
    ByteString ordBytes = bytes(ords, from, count);
    ByteString listBytes = bytes(lists, from, count);
    ByteString recordCopy = records(records, from, count);
    int crc = checksum(ordBytes, listBytes, recordCopy);
    send(
        AssignAndEncodeResponse.newBuilder()
            .setCopies(
                CopyChunk.newBuilder()
                    .setCount(count)
                    .setOrds(ordBytes)
                    .setLists(listBytes)
                    .setRecords(recordCopy)
                    .setCrc32C(crc)),
        ordBytes.size() + listBytes.size() + recordCopy.size());
    copies += count;
  }

  private static ByteString bytes(int[] values, int from, int count) {
    ByteBuffer bytes = ByteBuffer.allocate(count * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asIntBuffer().put(values, from, count);
    return UnsafeByteOperations.unsafeWrap(bytes);
  }

  /** Records are copied: the encoder may use its array again. */
  private ByteString records(byte[] records, int from, int count) {
    return ByteString.copyFrom(records, from * recordBytes, count * recordBytes);
  }

  private int checksum(ByteString... parts) {
    CRC32C crc = new CRC32C();
    for (ByteString part : parts) {
      Checksums.update(crc, part);
      Checksums.update(whole, part);
    }
    return (int) crc.getValue();
  }

  private void send(AssignAndEncodeResponse.Builder response, int bytes) {
    awaitReady();
    pace.moved(bytes);
    client.onNext(response.build());
  }

  /** Sends the summary and closes the call. */
  void finish() {
    client.onNext(
        AssignAndEncodeResponse.newBuilder()
            .setSummary(
                EncodeSummary.newBuilder()
                    .setCount(sent)
                    .setCopies(copies)
                    .setCrc32C((int) whole.getValue()))
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
