// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.client;

import io.github.luceneivf.codebook.AbortCheck;
import io.github.luceneivf.codebook.Codebook;
import io.github.luceneivf.codebook.LocalVectorEncoder;
import io.github.luceneivf.proto.v1.AssignAndEncodeRequest;
import io.github.luceneivf.proto.v1.AssignAndEncodeResponse;
import io.github.luceneivf.proto.v1.EncodeHeader;
import io.github.luceneivf.proto.v1.MergeServiceGrpc;
import io.github.luceneivf.quantization.Encoding;
import io.github.luceneivf.wire.FloatBytes;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** A merge service that answers when all vectors are there. */
final class FakeMerge extends MergeServiceGrpc.MergeServiceImplBase {

  static final int PER_CHUNK = 100;

  private final FakeSidecar sidecar;
  private final Codebook codebook;

  FakeMerge(FakeSidecar sidecar, Codebook codebook) {
    this.sidecar = sidecar;
    this.codebook = codebook;
  }

  @Override
  public StreamObserver<AssignAndEncodeRequest> assignAndEncode(
      StreamObserver<AssignAndEncodeResponse> client) {
    sidecar.observe(client);
    return new Stream(client);
  }

  private final class Stream implements StreamObserver<AssignAndEncodeRequest> {
    private final StreamObserver<AssignAndEncodeResponse> client;
    private final List<float[]> parts = new ArrayList<>();
    private EncodeHeader header = EncodeHeader.getDefaultInstance();
    private long codebookBytes;

    Stream(StreamObserver<AssignAndEncodeResponse> client) {
      this.client = client;
    }

    @Override
    public void onNext(AssignAndEncodeRequest message) {
      switch (message.getMessageCase()) {
        case HEADER -> {
          header = message.getHeader();
          sidecar.codebookBytes.add((int) header.getCodebookBytes());
          accept();
        }
        case CODEBOOK -> {
          codebookBytes += message.getCodebook().getData().size();
          accept();
        }
        case VECTORS -> {
          float[] part = new float[message.getVectors().getVectors().size() / Float.BYTES];
          FloatBytes.copyTo(message.getVectors().getVectors(), part, 0);
          parts.add(part);
        }
        case END -> answer();
        case MESSAGE_NOT_SET -> throw new IllegalStateException("message not set");
      }
    }

    private void accept() {
      if (codebookBytes == header.getCodebookBytes()) {
        int recordBytes = encoding().recordBytes(header.getDim());
        sidecar.sendSome(client, List.of(FakeSidecar.accepted(codebook.id(), recordBytes)));
      }
    }

    private Encoding encoding() {
      return Encoding.fromWireId(header.getEncodingValue());
    }

    private void answer() {
      CollectedCodes codes = new CollectedCodes();
      try {
        new LocalVectorEncoder()
            .encode(
                codebook,
                encoding(),
                FakeSidecar.matrix(parts, header.getDim()).asSource(),
                codes,
                AbortCheck.NONE);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      sidecar.send(client, FakeSidecar.codes(codes.lists(), codes.records(), PER_CHUNK));
    }

    @Override
    public void onError(Throwable t) {}

    @Override
    public void onCompleted() {}
  }
}
