// SPDX-License-Identifier: Apache-2.0
package io.github.luceneivf.server.merge;

import io.github.luceneivf.proto.v1.AssignAndEncodeRequest;
import io.github.luceneivf.proto.v1.AssignAndEncodeResponse;
import io.github.luceneivf.proto.v1.MergeServiceGrpc;
import io.github.luceneivf.server.rpc.DrainGate;
import io.github.luceneivf.server.rpc.IgnoredMessages;
import io.github.luceneivf.server.rpc.RequestException;
import io.github.luceneivf.server.rpc.StatusMapper;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;

/** The merge service: one {@link EncodeStream} per call. Thread-safe. */
public final class MergeEndpoint extends MergeServiceGrpc.MergeServiceImplBase {

  private final EncodeResources resources;
  private final DrainGate gate;

  /**
   * Creates the service.
   *
   * @param gate closed when no new work is wanted
   */
  public MergeEndpoint(EncodeResources resources, DrainGate gate) {
    this.resources = resources;
    this.gate = gate;
  }

  @Override
  public StreamObserver<AssignAndEncodeRequest> assignAndEncode(
      StreamObserver<AssignAndEncodeResponse> client) {
    try {
      gate.requireOpen();
    } catch (RequestException e) {
      client.onError(StatusMapper.toStatus(e));
      return new IgnoredMessages<>();
    }
    return new EncodeStream(resources, (ServerCallStreamObserver<AssignAndEncodeResponse>) client);
  }
}
